package org.litedenoise.app

import android.app.Activity
import android.graphics.Rect
import android.view.View
import android.view.ViewGroup
import android.widget.AbsListView
import android.widget.TextView

/**
 * What a touch reader such as TalkBack stops at on a screen, in its order: that in which the framework hands
 * views out, changed where a layout says after which one another comes. Things to touch say what is in them.
 */
internal fun touchReaderStops(activity: Activity): List<String> {
    val stops = stopsIn(activity.window.decorView.view(android.R.id.content))
    for (late in stops.filter { it.accessibilityTraversalAfter != View.NO_ID }) {
        stops -= late
        stops.add(1 + stops.indexOfFirst { it.id == late.accessibilityTraversalAfter }, late)
    }
    return stops.map(::spoken)
}

private fun stopsIn(view: View, isInside: Boolean = false): MutableList<View> {
    val isSeen = view.isShown && view.getGlobalVisibleRect(Rect())
    val stops = mutableListOf<View>()
    if (!isSeen) return stops
    val isTouched = (view.isClickable || view.isFocusable || view.parent is AbsListView) && view !is AbsListView && view !is Drawer
    if (view.isImportantForAccessibility && (isTouched || (!isInside && own(view) != null))) stops += view
    for (child in children(view)) stops += stopsIn(child, isInside || isTouched)
    return stops
}

private fun children(view: View): List<View> = ArrayList<View>().also { (view as? ViewGroup)?.addChildrenForAccessibility(it) }

private fun own(view: View): String? = (view.contentDescription ?: (view as? TextView)?.text)?.toString()?.takeIf { it.isNotBlank() }

/** The words of a thing to touch: its own, or those of what is in it. */
internal fun spoken(view: View): String = own(view) ?: children(view).filter { it.isShown }.mapNotNull(::own).joinToString(". ")
