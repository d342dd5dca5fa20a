plugins {
    alias(libs.plugins.android.application)
}

android {
    namespace = "org.litedenoise.app"
    compileSdk = libs.versions.compile.sdk.get().toInt()

    defaultConfig {
        applicationId = "org.litedenoise.app"
        minSdk = libs.versions.min.sdk.get().toInt()
        targetSdk = libs.versions.target.sdk.get().toInt()
        versionCode = 1
        versionName = version.toString()
    }

    flavorDimensions += "litert"
    productFlavors {
        create("interpreter") { isDefault = true }
        create("compiled")
    }

    buildTypes {
        create("benchmark") {
            initWith(getByName("release"))
            isProfileable = true
            signingConfig = signingConfigs.getByName("debug")
            matchingFallbacks += "release"
        }
    }

    sourceSets {
        // The released models travel as they are; they are in the repository once.
        getByName("main").assets.srcDir(rootProject.file("models/released"))
        for (buildType in listOf("debug", "benchmark")) {
            getByName(buildType).kotlin.srcDir("src/benchmarking/kotlin")
            getByName(buildType).manifest.srcFile("src/benchmarking/AndroidManifest.xml")
        }
    }

    androidResources {
        noCompress += "tflite"
        // The library runs networks on 8-bit and float pixels; see its Sidecar.kt.
        ignoreAssetsPatterns += listOf("!*-int16x8.*", "!*.md")
    }
}

kotlin {
    jvmToolchain(17)
}

dependencies {
    implementation(project(":denoise"))
}
