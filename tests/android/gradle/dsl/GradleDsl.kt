package org.litedenoise.gradle

import com.android.build.api.dsl.AiPackExtension
import com.android.build.api.dsl.ApplicationExtension
import com.android.build.api.dsl.LibraryExtension
import org.gradle.api.Action
import org.gradle.api.PolymorphicDomainObjectContainer
import org.gradle.api.Project
import org.gradle.api.artifacts.dsl.DependencyHandler
import org.gradle.api.component.SoftwareComponent
import org.gradle.api.component.SoftwareComponentContainer
import org.gradle.api.plugins.JavaPluginExtension
import org.gradle.api.publish.PublishingExtension
import org.jetbrains.kotlin.gradle.dsl.KotlinJvmExtension

/*
 * What Gradle's Kotlin DSL gives to the scripts of each kind of module: accessors of the plugins that
 * it applies, and those few extension functions that the scripts use. The types are the plugins' own.
 */

interface Script : Project {
    val libs: Catalogue

    fun dependencies(configure: Dependencies.() -> Unit)

    fun publishing(configure: Action<PublishingExtension>)
}

interface AppScript : Script {
    fun android(configure: Action<ApplicationExtension>)
}

interface LibraryScript : Script {
    fun android(configure: Action<LibraryExtension>)

    fun kotlin(configure: Action<KotlinJvmExtension>)
}

interface PackScript : Script {
    fun aiPack(configure: Action<AiPackExtension>)
}

interface JvmScript : Script {
    fun java(configure: Action<JavaPluginExtension>)

    fun kotlin(configure: Action<KotlinJvmExtension>)
}

interface Dependencies : DependencyHandler {
    fun implementation(dependency: Any)

    fun api(dependency: Any)

    fun compileOnly(dependency: Any)

    operator fun String.invoke(dependency: Any)
}

operator fun SoftwareComponentContainer.get(name: String): SoftwareComponent = getByName(name)

inline fun <reified U : Any> PolymorphicDomainObjectContainer<in U>.create(
    name: String,
    noinline configure: U.() -> Unit,
): U = create(name, U::class.java, configure)
