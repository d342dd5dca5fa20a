pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositoriesMode = RepositoriesMode.FAIL_ON_PROJECT_REPOS
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "LiteDenoise"

// Public: what apps depend on.
include(":denoise", ":denoise-coroutines", ":tiling")
// The demo.
include(":app")
for (module in listOf("denoise", "denoise-coroutines", "tiling", "app")) {
    project(":$module").projectDir = file("android_app/$module")
}
