package org.litedenoise.app

import android.app.Activity
import android.view.View

/** A view of the layout that [Activity.setContentView] was given. */
internal fun <T : View> Activity.view(id: Int): T = checkNotNull(findViewById(id)) { "the layout has no such view" }

/** A view inside this one. */
internal fun <T : View> View.view(id: Int): T = checkNotNull(findViewById(id)) { "the layout has no such view" }
