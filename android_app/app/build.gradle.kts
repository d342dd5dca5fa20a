plugins {
    alias(libs.plugins.android.application)
}

// -Pnpu=qualcomm or -Pnpu=mediatek: the vendor whose libraries the `compiled` flavour packs.
val npu = providers.gradleProperty("npu").orNull

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
        create("compiled") {
            if (npu != null) ndk { abiFilters += "arm64-v8a" }
        }
    }

    buildTypes {
        create("benchmark") {
            initWith(getByName("release"))
            isProfileable = true
            signingConfig = signingConfigs.getByName("debug")
            matchingFallbacks += "release"
        }
    }

    // Only once something has been compiled into it: an empty pack cannot be built.
    if (npu != null && rootProject.file("android_app/npu-models/src/main/assets").isDirectory) assetPacks += ":npu-models"

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
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
        // Android's own list, which is lost as soon as there is another one, and then the models that
        // the library does not run; see its Sidecar.kt. A star may stand at an end alone.
        ignoreAssetsPattern = "!.svn:!.git:!.ds_store:!*.scc:.*:<dir>_*:!CVS:!thumbs.db:!picasa.ini:!*~:" +
            "!*-int16x8.tflite:!*-int16x8.json:!*.md"
    }

    packaging {
        // Vendors' libraries are opened by path, which needs them unpacked.
        jniLibs.useLegacyPackaging = npu != null
    }
}

dependencies {
    implementation(project(":denoise"))
    when (npu) {
        "qualcomm" -> {
            "compiledImplementation"(libs.litert.npu.qualcomm)
            "compiledImplementation"(libs.qnn.runtime)
        }
        "mediatek" -> "compiledImplementation"(libs.litert.npu.mediatek)
    }
}
