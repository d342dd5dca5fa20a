package org.litedenoise.denoise.internal

import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.DenoiserOptions
import org.litedenoise.denoise.Precision
import org.litedenoise.denoise.internal.rows.Scratch
import org.litedenoise.denoise.internal.rows.StoredRows
import org.litedenoise.tiling.Size
import java.io.File

class PhotoMemoryTest {
    /** A photo whose pixels alone, before and after, take more than twice as much as Java may have. */
    @Test
    fun `a photo may be far larger than the memory`() {
        val size = Size(12_000, 1000)
        val heapMb = 32
        assertTrue(2 * 3 * size.area > 2 * heapMb * 1024 * 1024)
        val output = run(PhotoMemory::class.java, size, heapMb, heapMb, maxMemoryMb = 70, tilesInferred = 0, Precision.INT8)
        assertTrue(output, "12000 x 1000:" in output)
    }

    /** 50 megapixels take minutes: measured as android_app/README.md says, and not by every test run. */
    @Test
    fun `the peak of a large photo is printed where one is asked for`() {
        val asked = System.getProperty("memory.photo") ?: return
        val (height, width) = asked.split("x").map(String::toInt)
        println(run(PhotoMemory::class.java, Size(height, width), heapMb = 64, directMb = 192, MEMORY_MB, 2, Precision.FP32))
    }

    /** Java's memory, the network's and the buffers', of which 256 MB are the most that the library may take. */
    @Test
    fun `50 megapixels take 256 MB at most`() {
        val output = run(WorkingMemory::class.java, Size(8660, 5773), heapMb = 64, directMb = 192, MEMORY_MB, 2, Precision.FP32)
        val usedMb = Regex("^2 of .*: (\\d+) MB$", RegexOption.MULTILINE).find(output)!!.groupValues[1].toInt()
        assertTrue(output, usedMb in 100..256)
    }

    @Test
    fun `blocks leave room for a band of the photo`() {
        val model = releasedModel()
        for (photo in listOf(Size(5773, 8660), Size(8660, 5773), Size(600, 30_000), Size(1, 1), Size(290, 420))) {
            val plan = planBlocks(photo, model, maxMemoryMb = 256, bandBytesPerPx = 4)
            val bandBytes = 4L * minOf(plan.block.height, photo.height) * photo.width
            val bytes = model.fixedBytes + bandBytes + (plan.block.area * model.bytesPerPx).toLong()
            assertTrue("$photo: $bytes", bytes <= 256_000_000)
            assertEquals(photo, plan.photo)
        }
        assertThrows(DenoiseException::class.java) {
            planBlocks(Size(600, 80_000), model, maxMemoryMb = 60, bandBytesPerPx = 8)
        }
    }

    @Test
    fun `rows leave room for a band of the photo and for tiles, at hardly any extra work`() {
        for (precision in Precision.values()) {
            val model = releasedModel(precision)
            for (photo in listOf(Size(6144, 8192), Size(8192, 6144), Size(3072, 4096))) {
                val plan = planRows(photo, model, MEMORY_MB, bandBytesPerPx = 4, workers = 2)
                val ownBytes = 4 * StoredRows.bandOf(photo).area + 2 * Scratch.bytes(plan)
                assertTrue("$photo: $ownBytes", plan.fixedBytes >= model.fixedBytesInRows + ownBytes)
                assertTrue("$photo: ${plan.peakMemoryBytes}", plan.peakMemoryBytes <= 192_000_000)
                assertTrue("$precision $photo: ${plan.workFactor}", plan.workFactor <= 1.15)
            }
        }
        val error = assertThrows(DenoiseException::class.java) { planRows(Size(600, 80_000), releasedModel(), 30, 8, 2) }
        assertTrue(error.message!!, "needs at least" in error.message!!)
    }

    private fun run(
        program: Class<*>,
        size: Size,
        heapMb: Int,
        directMb: Int,
        maxMemoryMb: Int,
        tilesInferred: Int,
        precision: Precision,
    ): String {
        val process =
            ProcessBuilder(
                File(System.getProperty("java.home"), "bin/java").path,
                "-Xmx${heapMb}m",
                "-XX:MaxDirectMemorySize=${directMb}m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Drepository=${System.getProperty("repository")}",
                "-Dexpected=${System.getProperty("expected")}",
                "-cp",
                System.getProperty("surefire.test.class.path"),
                program.name,
                "${size.height}",
                "${size.width}",
                "$maxMemoryMb",
                "$tilesInferred",
                "$precision",
            ).redirectErrorStream(true).start()
        val output = process.inputStream.bufferedReader().readText()
        assertEquals(output, 0, process.waitFor())
        return output
    }

    private companion object {
        val MEMORY_MB = DenoiserOptions().maxMemoryMb
    }
}
