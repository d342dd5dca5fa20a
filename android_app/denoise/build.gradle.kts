plugins {
    alias(libs.plugins.android.library)
}

android {
    namespace = "org.litedenoise.denoise"
    compileSdk = libs.versions.compile.sdk.get().toInt()

    defaultConfig {
        minSdk = libs.versions.min.sdk.get().toInt()
    }

    flavorDimensions += "litert"
    productFlavors {
        create("interpreter") { isDefault = true }
        create("compiled")
    }
}

kotlin {
    jvmToolchain(17)
}

dependencies {
    api(project(":tiling"))
    "interpreterImplementation"(libs.litert.interpreter)
    "interpreterImplementation"(libs.litert.interpreter.gpu)
    "compiledImplementation"(libs.litert.compiled)
    "compiledImplementation"(libs.litert.compiled.gpu)
}
