package org.litedenoise.app

import android.animation.ValueAnimator
import android.content.Context
import android.os.Build
import android.os.Bundle
import android.os.Parcelable
import android.util.AttributeSet
import android.view.GestureDetector
import android.view.MotionEvent
import android.view.View
import android.view.ViewConfiguration
import android.view.accessibility.AccessibilityNodeInfo
import android.view.accessibility.AccessibilityNodeInfo.AccessibilityAction
import android.view.animation.DecelerateInterpolator
import android.widget.Button
import android.widget.LinearLayout
import kotlin.math.abs

/**
 * The panel below a photo. Its drawer is pulled open and pushed shut by a finger anywhere on it, by a tap on
 * its header, or by a touch reader; header and buttons always stay. Beside a photo it is open for good.
 */
class Sheet(
    context: Context,
    attributes: AttributeSet?,
) : LinearLayout(context, attributes) {
    private val header by lazy { view<View>(R.id.header) }
    private val handle by lazy { view<View>(R.id.handle) }
    private val drawer by lazy { view<Drawer>(R.id.drawer) }
    private val slop = ViewConfiguration.get(context).scaledTouchSlop
    private val isBelow = resources.getBoolean(R.bool.sheet_is_below)
    private var downX = 0f
    private var downY = 0f
    private var sliding: ValueAnimator? = null

    /** Whether the drawer is open, or on its way to be. */
    var isOpen: Boolean = true
        private set(value) {
            field = value
            if (Build.VERSION.SDK_INT < Build.VERSION_CODES.R) return
            header.stateDescription = if (slides) resources.getString(if (value) R.string.sheet_open else R.string.sheet_shut) else null
        }

    /** Whether there is something in the drawer that may be hidden; what it shows otherwise is always seen. */
    var slides: Boolean = false
        set(value) {
            if (field == (value && isBelow)) return
            field = value && isBelow
            handle.visibility = if (field) View.VISIBLE else View.INVISIBLE // its room stays
            header.isClickable = field
            header.isFocusable = field
            show(open = true)
        }

    override fun onFinishInflate() {
        super.onFinishInflate()
        header.setOnClickListener { slideTo(!isOpen) }
        header.isClickable = false
        header.accessibilityDelegate = HeaderAsButton()
        handle.visibility = if (isBelow) View.INVISIBLE else View.GONE
    }

    /** Slides the drawer fully open or shut. */
    fun slideTo(open: Boolean) {
        isOpen = open
        sliding?.cancel()
        sliding =
            ValueAnimator.ofFloat(drawer.openness, if (open) 1f else 0f).apply {
                duration = SLIDE_MS
                interpolator = DecelerateInterpolator()
                addUpdateListener { drawer.openness = it.animatedValue as Float }
                start()
            }
    }

    /** Takes a finger over from what is below it once it moves up or down, unless the drawer itself can scroll. */
    override fun onInterceptTouchEvent(event: MotionEvent): Boolean {
        if (!slides) return false
        if (event.actionMasked == MotionEvent.ACTION_DOWN) {
            dragged(event)
            downX = event.rawX
            downY = event.rawY
        }
        val down = event.rawY - downY
        val isPull = abs(down) > slop && abs(down) > abs(event.rawX - downX)
        val scrolls = drawer.openness == 1f && drawer.canScrollVertically(if (down > 0) -1 else 1)
        return event.actionMasked == MotionEvent.ACTION_MOVE && isPull && !scrolls
    }

    @Suppress("ClickableViewAccessibility") // a click is the header's
    override fun onTouchEvent(event: MotionEvent): Boolean {
        if (!slides) return super.onTouchEvent(event)
        val isTaken = dragged(event)
        val isOver = event.actionMasked == MotionEvent.ACTION_UP || event.actionMasked == MotionEvent.ACTION_CANCEL
        if (isOver && !isTaken) slideTo(drawer.openness > HALF)
        return true
    }

    override fun onSaveInstanceState(): Parcelable =
        Bundle().apply {
            putParcelable(OF_VIEW, super.onSaveInstanceState())
            putBoolean(OPEN, isOpen)
        }

    @Suppress("DEPRECATION") // the typed getter needs API 33
    override fun onRestoreInstanceState(state: Parcelable) {
        val saved = state as Bundle
        super.onRestoreInstanceState(saved.getParcelable(OF_VIEW))
        if (slides) show(saved.getBoolean(OPEN))
    }

    private fun show(open: Boolean) {
        sliding?.cancel()
        drawer.openness = if (open) 1f else 0f
        isOpen = open
    }

    /** Hands over the event in the screen's coordinates: the sheet grows and shrinks below the finger. */
    private fun dragged(event: MotionEvent): Boolean {
        val onScreen = MotionEvent.obtain(event).apply { setLocation(event.rawX, event.rawY) }
        return drags.onTouchEvent(onScreen).also { onScreen.recycle() }
    }

    private val drags =
        GestureDetector(
            context,
            object : GestureDetector.SimpleOnGestureListener() {
                override fun onDown(event: MotionEvent): Boolean {
                    sliding?.cancel()
                    return true
                }

                override fun onScroll(start: MotionEvent?, event: MotionEvent, distanceX: Float, distanceY: Float): Boolean {
                    drawer.openness += distanceY / maxOf(1, drawer.getChildAt(0).height)
                    return true
                }

                override fun onFling(start: MotionEvent?, event: MotionEvent, velocityX: Float, velocityY: Float): Boolean {
                    slideTo(velocityY < 0)
                    return true
                }
            },
        )

    /** What a touch reader knows of the header: it opens and shuts the drawer. */
    private inner class HeaderAsButton : AccessibilityDelegate() {
        override fun onInitializeAccessibilityNodeInfo(host: View, info: AccessibilityNodeInfo) {
            super.onInitializeAccessibilityNodeInfo(host, info)
            if (!slides) return
            info.className = Button::class.java.name
            info.addAction(if (isOpen) AccessibilityAction.ACTION_COLLAPSE else AccessibilityAction.ACTION_EXPAND)
        }

        override fun performAccessibilityAction(host: View, action: Int, arguments: Bundle?): Boolean {
            val opens = action == AccessibilityNodeInfo.ACTION_EXPAND
            if (!opens && action != AccessibilityNodeInfo.ACTION_COLLAPSE) return super.performAccessibilityAction(host, action, arguments)
            slideTo(opens)
            return true
        }
    }

    private companion object {
        const val SLIDE_MS = 220L
        const val HALF = 0.5f
        const val OF_VIEW = "view"
        const val OPEN = "open"
    }
}
