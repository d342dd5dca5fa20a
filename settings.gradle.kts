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
include(":denoise", ":tiling")
// The demo.
include(":app")
for (module in listOf("denoise", "tiling", "app")) {
    project(":$module").projectDir = file("android_app/$module")
}
