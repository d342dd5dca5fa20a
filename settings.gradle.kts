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
// The demo, and what Google Play delivers beside it.
include(":app", ":npu-models")
for (module in listOf("denoise", "denoise-coroutines", "tiling", "app", "npu-models")) {
    project(":$module").projectDir = file("android_app/$module")
}
