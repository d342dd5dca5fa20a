package org.litedenoise.app

import android.content.Context
import android.net.Uri
import android.util.AtomicFile
import org.json.JSONArray
import org.json.JSONException
import org.json.JSONObject
import java.io.File
import java.io.FileNotFoundException
import java.io.IOException

/** Photos that are not done, in a file, for when the process dies. For one worker thread. */
internal class UnfinishedList(
    context: Context,
) {
    private val file by lazy { AtomicFile(File(context.filesDir, "unfinished.json")) }
    private var written: String? = null

    fun read(): List<Pair<Uri, String>> {
        return try {
            val photos = JSONArray(file.readFully().toString(Charsets.UTF_8))
            List(photos.length()) {
                val photo = photos.getJSONObject(it)
                Uri.parse(photo.getString("uri")) to photo.getString("name")
            }
        } catch (_: FileNotFoundException) {
            emptyList()
        } catch (_: JSONException) {
            emptyList() // of another version of the app
        }
    }

    fun write(photos: List<Pair<Uri, String>>) {
        val text = JSONArray(photos.map { (uri, name) -> JSONObject().put("uri", "$uri").put("name", name) }).toString()
        if (text == written) return
        try {
            file.startWrite().use { stream ->
                stream.write(text.toByteArray())
                file.finishWrite(stream)
            }
        } catch (_: IOException) {
            return // the device is full: what is open now cannot be resumed, but can be finished
        }
        written = text
    }
}
