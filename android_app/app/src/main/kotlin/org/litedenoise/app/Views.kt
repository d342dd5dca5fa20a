package org.litedenoise.app

import android.app.Activity
import android.os.Build
import android.view.View
import android.view.WindowInsets

/** A view of the layout that [Activity.setContentView] was given. */
internal fun <T : View> Activity.view(id: Int): T = checkNotNull(findViewById(id)) { "the layout has no such view" }

/** A view inside this one. */
internal fun <T : View> View.view(id: Int): T = checkNotNull(findViewById(id)) { "the layout has no such view" }

internal fun View.showIf(shown: Boolean) {
    visibility = if (shown) View.VISIBLE else View.GONE
}

/** Draws behind the system's bars, and keeps what is in each of [views] clear of them on its sides. */
internal fun Activity.drawEdgeToEdge(vararg views: Pair<View, Set<Side>>) {
    // Since Android 15 it is so by itself; this asks older ones for it, by what all of them know.
    @Suppress("DEPRECATION")
    window.decorView.systemUiVisibility = window.decorView.systemUiVisibility or
        View.SYSTEM_UI_FLAG_LAYOUT_STABLE or View.SYSTEM_UI_FLAG_LAYOUT_FULLSCREEN or View.SYSTEM_UI_FLAG_LAYOUT_HIDE_NAVIGATION
    for ((view, sides) in views) {
        val own = listOf(view.paddingLeft, view.paddingTop, view.paddingRight, view.paddingBottom)
        view.setOnApplyWindowInsetsListener { _, insets ->
            val bars = bars(insets)
            val padding = Side.entries.map { side -> own[side.ordinal] + if (side in sides) bars[side.ordinal] else 0 }
            view.setPadding(padding[0], padding[1], padding[2], padding[3])
            insets
        }
    }
}

internal enum class Side { LEFT, TOP, RIGHT, BOTTOM }

private fun bars(insets: WindowInsets): List<Int> {
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
        val bars = insets.getInsets(WindowInsets.Type.systemBars() or WindowInsets.Type.displayCutout())
        return listOf(bars.left, bars.top, bars.right, bars.bottom)
    }
    @Suppress("DEPRECATION")
    return listOf(
        insets.systemWindowInsetLeft,
        insets.systemWindowInsetTop,
        insets.systemWindowInsetRight,
        insets.systemWindowInsetBottom,
    )
}
