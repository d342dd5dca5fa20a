package org.litedenoise.app

import android.Manifest
import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import android.os.Build
import android.os.Bundle
import android.provider.MediaStore
import android.view.View
import android.widget.GridView
import android.widget.PopupMenu
import android.widget.Toast

/** Choose, take or receive photos; unfinished ones and recent results as tiles. */
class MainActivity : Activity() {
    private val studio get() = (application as LiteDenoiseApp).studio
    private val photos by lazy { PhotoGrid(this, studio) }
    private val onChange = { photos.notifyDataSetChanged() }
    private var taken: Uri? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.activity_main)
        taken = savedInstanceState?.getString(TAKEN)?.let(Uri::parse)
        val below = setOf(Side.LEFT, Side.RIGHT, Side.BOTTOM)
        drawEdgeToEdge(
            view<View>(R.id.heading) to setOf(Side.LEFT, Side.TOP, Side.RIGHT),
            view<View>(R.id.photos) to below,
            view<View>(R.id.empty) to below,
            view<View>(R.id.actions) to below,
        )
        view<View>(R.id.choose_photos).setOnClickListener { choose() }
        view<View>(R.id.take_photo).setOnClickListener { take() }
        view<GridView>(R.id.photos).apply {
            adapter = photos
            emptyView = this@MainActivity.view<View>(R.id.empty)
            setOnItemClickListener { _, _, position, _ -> tapped(studio.jobs[position]) }
            setOnItemLongClickListener { _, tile, position, _ -> offerRemoval(tile, studio.jobs[position]) }
        }
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.Q) askForStorage()
        if (savedInstanceState == null) receive(intent)
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        receive(intent)
    }

    override fun onStart() {
        super.onStart()
        studio.listen(onChange)
        onChange()
    }

    override fun onStop() {
        studio.forget(onChange)
        super.onStop()
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.putString(TAKEN, taken?.toString())
    }

    override fun onActivityResult(requestCode: Int, resultCode: Int, data: Intent?) {
        super.onActivityResult(requestCode, resultCode, data)
        if (requestCode == CHOOSE && resultCode == RESULT_OK) {
            open(data.photos().onEach(::keepAccess))
        } else if (requestCode == TAKE) {
            val photo = taken ?: return
            if (resultCode == RESULT_OK) open(listOf(photo)) else studio.discard(photo)
            taken = null
        }
    }

    private fun receive(intent: Intent) {
        if (intent.action == Intent.ACTION_SEND || intent.action == Intent.ACTION_SEND_MULTIPLE) open(intent.photos())
    }

    /** So that a photo can be started again after the process died; not every source grants it. */
    private fun keepAccess(source: Uri) {
        try {
            contentResolver.takePersistableUriPermission(source, Intent.FLAG_GRANT_READ_URI_PERMISSION)
        } catch (_: SecurityException) {
            return
        }
    }

    private fun open(sources: List<Uri>) {
        val single = sources.size == 1
        val jobs = sources.map { studio.add(it, savesItself = !single) }
        if (jobs.isEmpty()) return
        WorkService.start(this)
        askForNotifications()
        if (single) show(jobs.single())
    }

    private fun tapped(job: Job) {
        when (val status = job.status) {
            is Status.Interrupted -> {
                studio.start(job)
                WorkService.start(this)
            }
            is Status.Saved -> startActivity(Intent.createChooser(Intent(Intent.ACTION_VIEW, status.savedAs), null))
            else -> show(job)
        }
    }

    private fun show(job: Job) =
        startActivity(Intent(this, PhotoActivity::class.java).putExtra(PhotoActivity.JOB, job.id))

    private fun offerRemoval(tile: View, job: Job): Boolean {
        val menu = PopupMenu(this, tile)
        menu.menu.add(R.string.remove)
        menu.setOnMenuItemClickListener {
            studio.remove(job)
            true
        }
        menu.show()
        return true
    }

    private fun choose() {
        val intent =
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
                Intent(MediaStore.ACTION_PICK_IMAGES)
                    .setType("image/*")
                    .putExtra(MediaStore.EXTRA_PICK_IMAGES_MAX, MediaStore.getPickImagesMaxLimit())
            } else {
                Intent(Intent.ACTION_OPEN_DOCUMENT)
                    .addCategory(Intent.CATEGORY_OPENABLE)
                    .setType("image/*")
                    .putExtra(Intent.EXTRA_ALLOW_MULTIPLE, true)
            }
        startActivityForResult(intent, CHOOSE)
    }

    private fun take() =
        studio.newPhoto { target ->
            taken = target
            val camera = Intent(MediaStore.ACTION_IMAGE_CAPTURE).putExtra(MediaStore.EXTRA_OUTPUT, target)
            try {
                if (target == null) toast(R.string.no_room) else startActivityForResult(camera, TAKE)
            } catch (_: ActivityNotFoundException) {
                toast(R.string.no_camera)
                target?.let(studio::discard)
            }
        }

    private fun toast(text: Int) = Toast.makeText(this, text, Toast.LENGTH_LONG).show()

    private fun askForStorage() {
        val permission = Manifest.permission.WRITE_EXTERNAL_STORAGE
        if (checkSelfPermission(permission) != PackageManager.PERMISSION_GRANTED) {
            requestPermissions(arrayOf(permission), CHOOSE)
        }
    }

    /** Without it the work goes on, but is not shown outside the app. */
    private fun askForNotifications() {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) return
        val permission = Manifest.permission.POST_NOTIFICATIONS
        if (checkSelfPermission(permission) != PackageManager.PERMISSION_GRANTED) requestPermissions(arrayOf(permission), NOTIFY)
    }

    private companion object {
        const val CHOOSE = 1
        const val TAKE = 2
        const val NOTIFY = 3
        const val TAKEN = "taken"
    }
}

@Suppress("DEPRECATION") // the typed getters need API 33
private fun Intent?.photos(): List<Uri> {
    if (this == null) return emptyList()
    val clip = clipData?.let { clip -> List(clip.itemCount) { clip.getItemAt(it).uri } }
    val streams =
        if (action == Intent.ACTION_SEND_MULTIPLE) {
            getParcelableArrayListExtra<Uri>(Intent.EXTRA_STREAM)
        } else {
            getParcelableExtra<Uri>(Intent.EXTRA_STREAM)?.let { listOf(it) }
        }
    return (streams ?: clip ?: listOfNotNull(data)).filterNotNull()
}
