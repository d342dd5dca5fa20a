plugins {
    alias(libs.plugins.android.library)
    `maven-publish`
}

android {
    namespace = "org.litedenoise.denoise"
    compileSdk = libs.versions.compile.sdk.get().toInt()

    defaultConfig {
        minSdk = libs.versions.min.sdk.get().toInt()
        consumerProguardFiles("consumer-rules.pro")
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
            singleVariant("${flavor}Release") {
                withSourcesJar()
                withJavadocJar()
            }
        }
    }
}

kotlin {
    explicitApi()
}

dependencies {
    api(project(":tiling"))
    "interpreterImplementation"(libs.litert.interpreter)
    "interpreterImplementation"(libs.litert.interpreter.gpu)
    "interpreterImplementation"(libs.litert.interpreter.gpu.api)
    "compiledImplementation"(libs.litert.compiled)
    "compiledImplementation"(libs.litert.compiled.gpu)
}

publishing {
    for (flavor in listOf("interpreter", "compiled")) {
        publications.create<MavenPublication>(flavor) {
            artifactId = "denoise-$flavor"
            afterEvaluate { from(components["${flavor}Release"]) }
        }
    }
}
