plugins {
    alias(libs.plugins.android.ai.pack)
}

// What `litedenoise compile` writes, in src/main/assets/npu/. An app that is delivered by Google Play gets it when
// it is installed, and finds it among its own assets.
aiPack {
    packName.set("npu_models")
    dynamicDelivery {
        deliveryType.set("install-time")
    }
}
