package com.google.ai.edge.litert

/** What the double pretends to run on, and what was asked of it. No part of LiteRT. */
object Phone {
    /** [ran] is what runs the operators, whatever was asked for. */
    data class Compiled(
        val file: List<Byte>,
        val options: CompiledModel.Options,
        val ran: Accelerator,
        val environment: Environment?,
    )

    /** What there is beside an NPU. */
    var accelerators = setOf(Accelerator.CPU)

    /** Whether LiteRT knows the chip as one with an NPU. */
    var hasNpu = false

    /** Whether the vendor's libraries are there and take every operator; they fail without a word. */
    var npuPluginWorks = true
    var failsToCompile = false
    var failsToRun = false
    val compiled = mutableListOf<Compiled>()
    val open = mutableSetOf<JniHandle>()

    fun reset() {
        accelerators = setOf(Accelerator.CPU)
        hasNpu = false
        npuPluginWorks = true
        failsToCompile = false
        failsToRun = false
        compiled.clear()
        open.clear()
    }

    /** What runs the operators, or the real runtime's refusal: without the CPU, nothing may be left over. */
    internal fun runs(accelerators: Set<Accelerator>): Accelerator {
        if (failsToCompile) throw LiteRtException(Status.ErrorCompilation, "unsupported operator")
        val able =
            accelerators.filter {
                (it == Accelerator.NPU && hasNpu && npuPluginWorks) || (it == Accelerator.GPU && it in this.accelerators)
            }
        return when {
            able.isNotEmpty() -> able.first()
            Accelerator.CPU in accelerators -> Accelerator.CPU
            else -> throw LiteRtException(
                Status.ErrorCompilation,
                "Some ops are not accelerated. Add kLiteRtHwAcceleratorCpu to the compilation accelerator set to " +
                    "allow using the CPU to run those.",
            )
        }
    }
}
