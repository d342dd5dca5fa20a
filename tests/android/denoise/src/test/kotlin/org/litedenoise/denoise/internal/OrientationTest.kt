package org.litedenoise.denoise.internal

import org.junit.Assert.assertEquals
import org.junit.Test
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.Size

class OrientationTest {
    /** Stored as "ab / cd / ef", three rows of two; upright as the EXIF standard draws them. */
    private val uprights =
        mapOf(
            1 to "ab/cd/ef",
            2 to "ba/dc/fe",
            3 to "fe/dc/ba",
            4 to "ef/cd/ab",
            5 to "ace/bdf",
            6 to "eca/fdb",
            7 to "fdb/eca",
            8 to "bdf/ace",
        )

    @Test
    fun `all eight orientations become upright`() {
        val stored = Size(3, 2)
        for ((exif, picture) in uprights) {
            val orientation = Orientation.ofExif(exif)
            val upright = orientation.upright(stored)
            val rows =
                (0 until upright.height).joinToString("/") { row ->
                    (0 until upright.width).joinToString("") { "abcdef"[orientation.storedIndex(row, it, stored)].toString() }
                }
            assertEquals("orientation $exif", picture, rows)
        }
    }

    @Test
    fun `turns and mirrors one after the other are one`() {
        assertEquals(Orientation.ROTATE_180, Orientation.ROTATE_90.then(Orientation.ROTATE_90))
        assertEquals(Orientation.TRANSPOSE, Orientation.ROTATE_90.then(Orientation.FLIP_HORIZONTAL))
        assertEquals(Orientation.TRANSVERSE, Orientation.ROTATE_90.then(Orientation.FLIP_VERTICAL))
        for (each in Orientation.values()) {
            assertEquals(each, each.then(Orientation.NORMAL))
            assertEquals(each, Orientation.NORMAL.then(each))
        }
    }

    @Test
    fun `a part of the upright photo is found in the stored one`() {
        val stored = Size(3, 2)
        for (exif in uprights.keys) {
            val orientation = Orientation.ofExif(exif)
            val upright = orientation.upright(stored)
            for (row in 0 until upright.height) {
                for (column in 0 until upright.width) {
                    val box = orientation.stored(Box(row, column, row + 1, column + 1), upright)
                    assertEquals(orientation.storedIndex(row, column, stored), box.top * stored.width + box.left)
                    assertEquals(1L, box.size.area)
                    assertEquals("and back", Box(row, column, row + 1, column + 1), orientation.upright(box, stored))
                }
            }
        }
        assertEquals(Orientation.NORMAL, Orientation.ofExif(0))
    }
}
