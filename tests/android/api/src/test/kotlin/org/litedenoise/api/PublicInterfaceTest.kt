package org.litedenoise.api

import org.jetbrains.kotlin.abi.tools.AbiFilters
import org.jetbrains.kotlin.abi.tools.AbiTools
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.File

/**
 * What apps are compiled against, as Kotlin's own tool lists it. A line that goes or changes in
 * android_app/MODULE/api/MODULE.api breaks apps; a line that comes does not. To write the files anew:
 * `mvn -f tests/android -pl api -am test -Dtest=PublicInterfaceTest -Dapi.write
 * -Dsurefire.failIfNoSpecifiedTests=false`.
 */
class PublicInterfaceTest {
    private val repository = File(System.getProperty("repository"))

    @Test
    fun `public interfaces are those that are written down`() {
        for ((module, built) in mapOf("tiling" to "tiling", "denoise" to "denoise", "denoise-coroutines" to "coroutines")) {
            val file = File(repository, "android_app/$module/api/$module.api")
            val found = dump(built)
            if (System.getProperty("api.write") != null) file.writeText(found)
            assertTrue(module, found.isNotEmpty())
            assertEquals(module, file.readText(), found)
        }
    }

    @Test
    fun `both flavours have the same`() = assertEquals(dump("denoise"), dump("compiled"))

    @Test
    fun `nothing is a data class, whose constructor and copy cannot grow`() {
        for (module in listOf("tiling", "denoise", "coroutines")) {
            assertFalse(module, Regex("fun (copy|component1) ").containsMatchIn(dump(module)))
        }
    }

    private fun dump(built: String): String {
        val classes = File(repository, "build/android/$built/classes/org/litedenoise").walk().filter { it.extension == "class" }
        val everything = AbiFilters(emptySet(), emptySet(), emptySet(), emptySet())
        return AbiTools
            .getInstance(javaClass.classLoader)
            .printed(classes.sorted().toList(), everything)
    }

    private fun AbiTools.printed(classes: List<File>, filters: AbiFilters) =
        StringBuilder().also { printJvmDump(it, classes, filters) }.toString()
}
