package io.weakref.sample.tile;

import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

import io.weakref.collection.WeakValueDictionary;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * The tiles of this instance of the application, in a weak cache and nowhere else. A
 * switch decides which of two caches has them: one holds each tile for a while after its
 * last use, the other does not. An application without such a switch needs only one cache
 * and no lock.
 */
@Component
@Profile("!redis")
class LocalTiles implements TileCache, HoldSwitch {

	private final WeakValueDictionary<TileId, BufferedImage> tiles;

	private final WeakValueDictionary<TileId, BufferedImage> heldTiles;

	private final Duration holdFor;

	/**
	 * The write lock is held while tiles move from one cache to the other, the read lock
	 * while a tile is added.
	 */
	private final ReadWriteLock moving = new ReentrantReadWriteLock();

	private volatile boolean holding;

	private volatile String edition = UUID.randomUUID().toString();

	LocalTiles(WeakValueDictionary<TileId, BufferedImage> tiles, WeakValueDictionary<TileId, BufferedImage> heldTiles,
			@Value("${weakref.caches.heldTiles.hold-for}") Duration holdFor) {
		this.tiles = tiles;
		this.heldTiles = heldTiles;
		this.holdFor = holdFor;
	}

	@Override
	public String weakCache() {
		return this.holding ? "heldTiles" : "tiles";
	}

	@Override
	public List<String> weakCaches() {
		return List.of("tiles", "heldTiles");
	}

	@Override
	public BufferedImage get(TileId id, Function<TileId, BufferedImage> renderer) {
		Lock lock = this.moving.readLock();
		lock.lock();
		try {
			// A lock for each tile is not needed: the function runs once, and other
			// callers that ask for the same tile wait here.
			return cache(this.holding).computeIfAbsent(id, renderer);
		}
		finally {
			lock.unlock();
		}
	}

	private WeakValueDictionary<TileId, BufferedImage> cache(boolean holding) {
		return holding ? this.heldTiles : this.tiles;
	}

	@Override
	public String edition() {
		return this.edition;
	}

	@Override
	public void renderAgain() {
		Lock lock = this.moving.readLock();
		lock.lock();
		try {
			cache(this.holding).clear();
		}
		finally {
			lock.unlock();
		}
		this.edition = UUID.randomUUID().toString();
	}

	@Override
	public boolean isHolding() {
		return this.holding;
	}

	@Override
	public void setHolding(boolean holding) {
		Lock lock = this.moving.writeLock();
		lock.lock();
		try {
			if (this.holding != holding) {
				Map<TileId, BufferedImage> alive = new HashMap<>(cache(this.holding));
				cache(this.holding).clear();
				cache(holding).putAll(alive);
				this.holding = holding;
			}
		}
		finally {
			lock.unlock();
		}
	}

	@Override
	public Duration holdFor() {
		return this.holdFor;
	}

}
