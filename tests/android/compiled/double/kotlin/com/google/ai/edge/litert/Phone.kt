package com.google.ai.edge.litert

/** What the double pretends to run on, and what was asked of it. No part of LiteRT. */
object Phone {
    data class Compiled(
        val file: List<Byte>,
        val accelerators: Set<Accelerator>,
        val cpuOptions: CompiledModel.CpuOptions?,
    )

    var accelerators = setOf(Accelerator.CPU)
    var failsToCompile = false
    var failsToRun = false
    val compiled = mutableListOf<Compiled>()
    val open = mutableSetOf<JniHandle>()

    fun reset() {
        accelerators = setOf(Accelerator.CPU)
        failsToCompile = false
        failsToRun = false
        compiled.clear()
        open.clear()
    }
}
