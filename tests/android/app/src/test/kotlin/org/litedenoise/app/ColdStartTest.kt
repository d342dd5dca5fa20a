package org.litedenoise.app

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.litedenoise.denoise.Denoiser
import org.robolectric.annotation.Config
import java.io.File

/** The first screen, of which [AppTest] also says that no file is touched on the main thread. */
class ColdStartTest : AppTest() {
    @Test
    fun `the first screen comes without the network's thread, its model or its files`() {
        val before = threads()
        started(MainActivity::class.java)
        var listed = false
        studio.inBackground({}) { listed = true } // behind the list of photos
        waitUntil("listed") { listed }
        val new = (threads() - before).map { it.name }
        assertTrue("$new", "files" in new)
        assertFalse("the denoiser's one thread, which alone opens models: $new", "litedenoise" in new)
        assertFalse(File(app.cacheDir, "litedenoise").exists())
    }

    @Test
    @Config(sdk = [35])
    fun `a denoiser that is made loads nothing of LiteRT`() {
        Denoiser.create(app).close()
        val loaded = ClassLoader::class.java.getDeclaredMethod("findLoadedClass", String::class.java).apply { isAccessible = true }
        val native = listOf("Interpreter", "InterpreterApi", "TensorFlowLite", "gpu.GpuDelegate", "nnapi.NnApiDelegate")
        val early = native.filter { loaded.invoke(javaClass.classLoader, "org.tensorflow.lite.$it") != null }
        assertEquals(emptyList<String>(), early)
        assertEquals("what was loaded is found", Denoiser::class.java, loaded.invoke(javaClass.classLoader, Denoiser::class.java.name))
    }

    private fun threads(): Set<Thread> = Thread.getAllStackTraces().keys.toSet()
}
