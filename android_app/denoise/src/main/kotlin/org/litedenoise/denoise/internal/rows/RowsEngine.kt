package org.litedenoise.denoise.internal.rows

import org.litedenoise.denoise.Progress
import org.litedenoise.denoise.engine.BlockEngine
import org.litedenoise.denoise.engine.BlockEngineFactory
import org.litedenoise.denoise.internal.Model
import org.litedenoise.denoise.internal.NANOS_IN_MS
import org.litedenoise.denoise.internal.PhotoEngine
import org.litedenoise.denoise.internal.PixelStore
import org.litedenoise.denoise.internal.Tensors
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.CHANNELS
import org.litedenoise.tiling.MARGIN_PX
import org.litedenoise.tiling.PixelSink
import org.litedenoise.tiling.PixelSource
import org.litedenoise.tiling.Size
import org.litedenoise.tiling.ceilDiv
import java.io.File
import java.nio.ByteBuffer
import java.util.concurrent.ExecutionException
import java.util.concurrent.Executors
import java.util.concurrent.Future

/**
 * Runs a [plan]: workers take tiles, and rows wait in rings for whoever reads them. The result is that of the
 * network on the whole photo.
 *
 * @param stages a network for each stage, for its tiles.
 * @param workers while one copies the values of a tile, another one computes.
 */
internal class RowsEngine(
    private val plan: RowsPlan,
    private val stages: List<BlockEngine>,
    private val tensors: Tensors,
    private val workers: Int,
) : PhotoEngine {
    override val block: Size get() = plan.block
    override val grid: Size get() = plan.grid
    override val haloPx: Int get() = 0
    override val acceleratedOperators: Int? get() = null

    private val nodes = plan.network.nodes
    private val outputs = plan.network.stages.map { whole(it.output, it.level) }
    private val picture = whole(plan.network.graph.input, level = 0)
    private val rings = plan.rings.mapIndexed { stage, room -> Ring(room, outputs[stage]) }
    private val pool = Executors.newFixedThreadPool(workers) { Thread(it, "litedenoise-tile") }

    override fun run(
        photo: PixelSource,
        before: PixelStore,
        after: PixelSink,
        onProgress: (Progress) -> Unit,
        isCancelled: () -> Boolean,
    ): List<Double>? {
        val stored = StoredRows(photo, before)
        val scratch = List(workers) { Scratch(plan, stored) }
        val total = Math.toIntExact(grid.area)
        val times = ArrayList<Double>(total)
        onProgress(Progress(0, total, photo.size, null))
        var started = System.nanoTime()
        for (strip in plan.strips.indices) {
            val onBand = { band: Int ->
                times += (System.nanoTime() - started) / NANOS_IN_MS
                started = System.nanoTime()
                onProgress(Progress(times.size, total, photo.size, finished(strip, band)))
            }
            if (!run(strip, scratch, after, onBand, isCancelled)) return null
        }
        return times
    }

    override fun close() {
        pool.shutdown()
        stages.forEach(BlockEngine::close)
    }

    /** Computes a strip, and tells of each band of the result; false where [isCancelled] said so. */
    private fun run(
        strip: Int,
        scratch: List<Scratch>,
        after: PixelSink,
        onBand: (Int) -> Unit,
        isCancelled: () -> Boolean,
    ): Boolean {
        val columns = plan.columns[strip]
        rings.forEachIndexed { stage, ring -> ring.firstColumn = columns[stage + 1].own.start }
        val work = StripWork(plan.schedule, columns)
        val tasks = scratch.map { pool.submit { computeAll(work, columns, it, after) } }
        val failures: List<Throwable>
        try {
            for (band in plan.schedule.bands.last().indices) {
                if (isCancelled()) return false
                if (!work.waitForResult(band + 1)) break
                onBand(band)
            }
        } finally {
            work.stop()
            failures = tasks.mapNotNull(::failure)
        }
        failures.firstOrNull()?.let { throw it }
        return true
    }

    private fun failure(task: Future<*>): Throwable? =
        try {
            task.get()
            null
        } catch (error: ExecutionException) {
            error.cause ?: error
        }

    private fun computeAll(work: StripWork, columns: Columns, scratch: Scratch, after: PixelSink) {
        try {
            while (true) {
                val tile = work.take() ?: return
                compute(tile.node, plan.schedule.bands[tile.node][tile.band], columns[tile.node][tile.column], scratch, after)
                work.finish(tile)
            }
        } catch (error: Throwable) {
            work.stop()
            throw error
        }
    }

    private fun compute(node: Int, rows: Piece, columns: Piece, scratch: Scratch, after: PixelSink) {
        val stage = node - 1
        val inputs = scratch.inputs(stage)
        for ((number, read) in nodes[node].reads.withIndex()) {
            val place = box(read.window.of(rows.all), read.window.of(columns.all))
            if (read.node == PICTURE) see(place, scratch, inputs[number]) else rings[read.node - 1].read(place, inputs[number])
        }
        val output = scratch.output(stage)
        stages[stage].run(inputs, output)
        val place = box(rows.all, columns.all)
        val own = box(rows.own, columns.own)
        if (node < nodes.lastIndex) rings[stage].write(own, output, place) else give(own, place, scratch, output, after)
    }

    /** Fills the first stage's [input] with pixels of the photo and, around the padded photo, zeros. */
    private fun see(place: Box, scratch: Scratch, input: ByteBuffer) {
        val there = picture.clearOutside(input, place)
        scratch.photo.read(onPhoto(there), scratch.pixels)
        val count = there.size.width * CHANNELS
        for (row in there.top until there.bottom) {
            tensors.write(scratch.pixels, (row - there.top) * count, count, input, picture.offset(place, row, there.left))
        }
    }

    private fun give(own: Box, place: Box, scratch: Scratch, output: ByteBuffer, after: PixelSink) {
        tensors.read(output, scratch.pixels, Math.toIntExact(place.size.area * CHANNELS))
        after.write(onPhoto(own), scratch.pixels, own.shifted(-place.top, -place.left), place.size.width)
    }

    private fun finished(strip: Int, band: Int): Box = onPhoto(box(plan.schedule.bands.last()[band].own, plan.strips[strip]))

    private fun onPhoto(padded: Box): Box = padded.shifted(-MARGIN_PX, -MARGIN_PX)

    private fun box(rows: Interval, columns: Interval) = Box(rows.start, columns.start, rows.stop, columns.stop)

    private fun whole(tensor: Int, level: Int): WholeTensor {
        val described = plan.network.graph.tensors[tensor]
        val size = Size(plan.padded.height shr level, plan.padded.width shr level)
        return WholeTensor(size, described.pixelBytes, described.zeroPoint.toByte())
    }

    companion object {
        private const val MOST_WORKERS = 2

        /** How many workers share this many CPU [threads]. */
        fun workers(threads: Int): Int = minOf(threads, MOST_WORKERS)

        /**
         * Opens the stages by [factory], which is the CPU's.
         *
         * @throws org.litedenoise.denoise.engine.EngineException one of them cannot be opened.
         */
        fun open(model: Model, plan: RowsPlan, factory: BlockEngineFactory, programs: File, threads: Int): RowsEngine {
            val workers = workers(threads)
            val opened = mutableListOf<BlockEngine>()
            try {
                for ((stage, tile) in plan.network.stages.zip(plan.tiles)) {
                    opened += factory.open(model.forEngine(stage, tile, programs, ceilDiv(threads, workers)))
                }
                return RowsEngine(plan, opened, Tensors(model.sidecar.quantized), workers)
            } catch (error: Throwable) {
                opened.forEach(BlockEngine::close)
                throw error
            }
        }
    }
}
