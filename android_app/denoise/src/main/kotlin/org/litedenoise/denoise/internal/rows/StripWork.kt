package org.litedenoise.denoise.internal.rows

import java.util.TreeSet
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * One band of one node in one piece of the columns, ordered by the schedule.
 *
 * @property due the step that needs it first.
 * @property node, band, column numbers.
 */
internal class Tile(
    val due: Int,
    val node: Int,
    val band: Int,
    val column: Int,
) : Comparable<Tile> {
    override fun compareTo(other: Tile): Int = compareValuesBy(this, other, { it.due }, { it.node }, { it.band }, { it.column })
}

/**
 * What is to be done for one strip; safe to use from several threads.
 *
 * The tiles of one column of one node are computed from the top down. A node has one network to compute
 * them, so that its columns take turns.
 */
internal class StripWork(
    private val schedule: Schedule,
    columns: Columns,
) {
    private val nodes = schedule.nodes
    private val neighbours = neighbours(nodes, columns)
    private val done = columns.map { IntArray(it.count) }
    private val waits = HashMap<Pair<Int, Int>, List<Wait>>()
    private val busy = HashSet<Int>()
    private val waiting = TreeSet<Tile>()
    private val lock = ReentrantLock()
    private val changed = lock.newCondition()
    private var stopped = false

    init {
        done[PICTURE][0] = schedule.bands[PICTURE].count
        for (node in nodes.indices.drop(1)) columns[node].indices.mapTo(waiting) { tile(node, 0, it) }
    }

    /** The next tile that can be computed, once there is one; null when nothing is left. */
    fun take(): Tile? =
        lock.withLock {
            while (!stopped && (waiting.isNotEmpty() || busy.isNotEmpty())) {
                takeReady()?.let { return it }
                changed.await()
            }
            null
        }

    /** The next tile that can be computed, if there is one now. */
    fun takeReady(): Tile? =
        lock.withLock {
            val tile = waiting.firstOrNull { it.node !in busy && isReady(it) } ?: return null
            waiting -= tile
            busy += tile.node
            tile
        }

    /** The tile is computed. */
    fun finish(tile: Tile): Unit =
        lock.withLock {
            busy -= tile.node
            done[tile.node][tile.column] += 1
            if (tile.band + 1 < schedule.bands[tile.node].count) waiting += tile(tile.node, tile.band + 1, tile.column)
            changed.signalAll()
        }

    /** From now on no tile is handed out. */
    fun stop(): Unit =
        lock.withLock {
            stopped = true
            changed.signalAll()
        }

    /** Waits until this many [bands] of the result are done; false if work stopped before. */
    fun waitForResult(bands: Int): Boolean =
        lock.withLock {
            while (!stopped && done.last().min() < bands) changed.await()
            !stopped
        }

    private fun tile(node: Int, band: Int, column: Int) = Tile(schedule.due(node, band), node, band, column)

    private fun isReady(tile: Tile): Boolean {
        val near = neighbours[tile.node][tile.column]
        val waits = waits.getOrPut(tile.node to tile.band) { schedule.waits(tile.node, tile.band) }
        return waits.all { wait -> near[wait.node].orEmpty().all { done[wait.node][it] >= wait.bands } }
    }
}

/** For each piece of each node the pieces of other nodes that it reads, or that read it. */
private fun neighbours(nodes: Nodes, columns: Columns): List<List<Map<Int, List<Int>>>> {
    val found = columns.map { pieces -> List(pieces.count) { HashMap<Int, MutableList<Int>>() } }
    for (number in nodes.indices) {
        for (reader in nodes.readers[number]) {
            for (place in columns[reader.node].indices) {
                val seen = reader.window.of(columns[reader.node][place].all)
                for (column in columns[number].indices) {
                    val own = columns[number][column].own
                    if (own.start >= seen.stop || own.stop <= seen.start) continue
                    found[reader.node][place].getOrPut(number, ::ArrayList).add(column)
                    found[number][column].getOrPut(reader.node, ::ArrayList).add(place)
                }
            }
        }
    }
    return found
}
