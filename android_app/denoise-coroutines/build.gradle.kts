plugins {
    alias(libs.plugins.android.library)
    `maven-publish`
}

android {
    namespace = "org.litedenoise.denoise.coroutines"
    compileSdk = libs.versions.compile.sdk.get().toInt()

    defaultConfig {
        minSdk = libs.versions.min.sdk.get().toInt()
    }

    flavorDimensions += "litert"
    productFlavors {
        create("interpreter") { isDefault = true }
        create("compiled")
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    publishing {
        for (flavor in listOf("interpreter", "compiled")) {
            singleVariant("${flavor}Release") { withSourcesJar() }
        }
    }
}

kotlin {
    explicitApi()
}

dependencies {
    api(project(":denoise"))
    api(libs.coroutines)
}

publishing {
    for (flavor in listOf("interpreter", "compiled")) {
        publications.create<MavenPublication>(flavor) {
            artifactId = "denoise-coroutines-$flavor"
            afterEvaluate { from(components["${flavor}Release"]) }
        }
    }
}
