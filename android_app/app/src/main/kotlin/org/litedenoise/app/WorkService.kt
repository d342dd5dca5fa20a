package org.litedenoise.app

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.app.Service
import android.content.Context
import android.content.Intent
import android.content.pm.ServiceInfo
import android.os.Build
import android.os.IBinder

/** Keeps the process alive while photos are denoised, and shows their progress. */
class WorkService : Service() {
    private val studio get() = (application as LiteDenoiseApp).studio
    private val onChange = { update() }

    override fun onBind(intent: Intent): IBinder? = null

    override fun onStartCommand(intent: Intent?, flags: Int, startId: Int): Int {
        if (intent?.action == CANCEL) {
            studio.cancelAll()
        } else {
            val channel = NotificationChannel(CHANNEL, getString(R.string.channel), NotificationManager.IMPORTANCE_LOW)
            notifications.createNotificationChannel(channel)
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) {
                startForeground(ID, notification(), ServiceInfo.FOREGROUND_SERVICE_TYPE_DATA_SYNC)
            } else {
                startForeground(ID, notification())
            }
            studio.listen(onChange)
            update()
        }
        return START_NOT_STICKY
    }

    override fun onTimeout(startId: Int, fgsType: Int) = stopSelf() // Android's limit; the list resumes it

    override fun onDestroy() {
        studio.forget(onChange)
        super.onDestroy()
    }

    private fun update() {
        if (studio.active.isEmpty()) stopSelf() else notifications.notify(ID, notification())
    }

    private fun notification(): Notification {
        val active = studio.active
        val percent = active.firstNotNullOfOrNull { (it.status as? Status.Running)?.percent } ?: 0
        val open = PendingIntent.getActivity(this, 0, Intent(this, MainActivity::class.java), PendingIntent.FLAG_IMMUTABLE)
        val cancel = Intent(this, WorkService::class.java).setAction(CANCEL)
        val stop = PendingIntent.getService(this, 0, cancel, PendingIntent.FLAG_IMMUTABLE)
        return Notification
            .Builder(this, CHANNEL)
            .setSmallIcon(R.drawable.ic_stat)
            .setColor(getColor(R.color.accent))
            .setContentTitle(resources.getQuantityString(R.plurals.photos_left, active.size, active.size))
            .setContentText(active.firstOrNull()?.name)
            .setProgress(100, percent, percent == 0)
            .setContentIntent(open)
            .setOngoing(true)
            .setOnlyAlertOnce(true)
            .addAction(Notification.Action.Builder(null, getString(R.string.cancel), stop).build())
            .build()
    }

    private val notifications get() = checkNotNull(getSystemService(NotificationManager::class.java)) { "Android has no notifications" }

    companion object {
        private const val CHANNEL = "work"
        private const val ID = 1
        internal const val CANCEL = "cancel"

        /** To be called when photos were added, while a screen of the app is shown. */
        fun start(context: Context) {
            context.startForegroundService(Intent(context, WorkService::class.java))
        }
    }
}
