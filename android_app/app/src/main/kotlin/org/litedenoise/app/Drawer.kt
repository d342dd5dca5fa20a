package org.litedenoise.app

import android.content.Context
import android.util.AttributeSet
import android.view.View
import android.widget.ScrollView

/** What a [Sheet] hides when it is shut; scrolls where the screen is too low for all of it. */
class Drawer(
    context: Context,
    attributes: AttributeSet?,
) : ScrollView(context, attributes) {
    /** How much of it is seen, from 0 to 1. */
    var openness: Float = 1f
        set(value) {
            field = value.coerceIn(0f, 1f)
            // Shut, neither keys nor touch readers find what is in it.
            visibility = if (field == 0f) View.INVISIBLE else View.VISIBLE
            requestLayout()
        }

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        super.onMeasure(widthSpec, heightSpec)
        if (MeasureSpec.getMode(heightSpec) == MeasureSpec.EXACTLY) return // its sheet says how high it is
        setMeasuredDimension(measuredWidth, (measuredHeight * openness).toInt())
    }
}
