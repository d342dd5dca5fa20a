package org.litedenoise.gradle

import com.android.ide.common.resources.PatternBasedFileFilter
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Test
import java.io.File

/** Which files Gradle would pack: the Android plugin's own filter, on the pattern of our build script. */
class PackedAssetsTest {
    private val repository = File(System.getProperty("repository"))
    private val pattern =
        Regex("ignoreAssetsPattern =((?:\\s*\"[^\"]*\"\\s*\\+?)+)")
            .find(File(repository, "android_app/app/build.gradle.kts").readText())!!
            .groupValues[1]
            .let { texts -> Regex("\"([^\"]*)\"").findAll(texts).joinToString("") { it.groupValues[1] } }

    @Test
    fun `the test APK has what Gradle would pack`() {
        val filter = PatternBasedFileFilter(pattern)
        val packed = File(repository, "models/released").listFiles()!!.filterNot(filter::isIgnored).map { it.name }.toSet()
        assertEquals(File(repository, "build/android/apk/assets").list()!!.toSet(), packed)
        assertFalse("int16x8" in "$packed")
        assertEquals("models and their sidecars", 6, packed.size)
    }

    @Test
    fun `what Android ignores by itself stays ignored`() {
        val filter = PatternBasedFileFilter(pattern)
        for (name in listOf(".git", "thumbs.db", "model.tflite~", ".DS_Store")) {
            assertEquals(name, true, filter.isIgnored(File("/assets/$name")))
        }
    }

    @Test
    fun `a star in the middle never matches`() {
        assertFalse(PatternBasedFileFilter("!*-int16x8.*").isIgnored(File("/assets/litedenoisenet-int16x8.tflite")))
    }
}
