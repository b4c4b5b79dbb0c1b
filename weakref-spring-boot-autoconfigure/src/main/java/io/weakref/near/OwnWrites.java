package io.weakref.near;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import org.jspecify.annotations.Nullable;

/**
 * Writes of this JVM that the second level has not confirmed yet, by key. Each future
 * completes normally, even if the write failed.
 */
final class OwnWrites {

	private static final CompletableFuture<Void> NOTHING = CompletableFuture.completedFuture(null);

	private final ConcurrentMap<NearKey, CompletableFuture<Void>> pending = new ConcurrentHashMap<>();

	private volatile CompletableFuture<Void> clearing = NOTHING;

	/** Note that a write of a key begins; it lasts until the future is completed. */
	void begin(NearKey key, CompletableFuture<Void> write) {
		this.pending.merge(key, write, (earlier, later) -> CompletableFuture.allOf(earlier, later));
	}

	/** Note that a write of a key has ended. */
	void end(NearKey key, CompletableFuture<Void> write) {
		write.complete(null);
		this.pending.computeIfPresent(key, (same, current) -> current.isDone() ? null : current);
	}

	/** Note that a write of all keys begins. */
	synchronized void beginAll(CompletableFuture<Void> write) {
		this.clearing = this.clearing.isDone() ? write : CompletableFuture.allOf(this.clearing, write);
	}

	/** Return what to wait for before a key is read or written, or null for nothing. */
	@Nullable CompletableFuture<Void> of(NearKey key) {
		CompletableFuture<Void> clearing = this.clearing;
		CompletableFuture<Void> own = this.pending.get(key);
		if (clearing.isDone()) {
			return own;
		}
		return (own != null) ? CompletableFuture.allOf(clearing, own) : clearing;
	}

	/** Return what to wait for before all keys are removed. */
	CompletableFuture<Void> all() {
		List<CompletableFuture<Void>> all = new ArrayList<>(this.pending.values());
		all.add(this.clearing);
		return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
	}

}
