package org.litedenoise.denoise.engine

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.PrintStream
import java.util.spi.ToolProvider

/** Everything of LiteRT that the flavour's byte code names is in the real LiteRT, to the last type. */
class RealSignaturesTest {
    private val repository = File(System.getProperty("repository"))
    private val real =
        File(repository, "tests/android/compiled/signatures.txt").readLines().filterNot { it.startsWith("#") }.toSet()

    @Test
    fun `what the flavour calls is what LiteRT has`() {
        val called = classes().flatMap { references(it) }.toSet()
        assertTrue("$called", called.size > 20)
        assertEquals(emptySet<String>(), called.filterNot { it in real || it.substringAfter(".") in INHERITED }.toSet())
    }

    private fun classes(): List<File> =
        File(repository, "build/android/compiled/classes/org/litedenoise/denoise/engine").walk().filter { it.extension == "class" }.toList()

    /** Members of LiteRT in the constants of a class, as `Class.name:descriptor`. */
    private fun references(file: File): List<String> {
        val text = ByteArrayOutputStream()
        val javap = ToolProvider.findFirst("javap").get()
        check(javap.run(PrintStream(text), System.err, "-v", "-p", file.path) == 0)
        return REFERENCE
            .findAll("$text")
            .map { "${it.groupValues[1]}.${it.groupValues[2].trim('"')}:${it.groupValues[3]}" }
            .toList()
    }

    private companion object {
        val INHERITED = setOf("getMessage:()Ljava/lang/String;")
        val REFERENCE = Regex("""(?:Methodref|Fieldref)\s+\S+\s+// com/google/ai/edge/litert/([\w$]+)\.("?[\w<>$]+"?):(\S+)""")
    }
}
