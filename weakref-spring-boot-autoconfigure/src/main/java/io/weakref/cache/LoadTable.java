package io.weakref.cache;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The loads that are in progress, by key. No call waits for {@code equals} of another
 * call's key: the map uses hash codes as its keys, and {@code equals} of the loads' keys
 * is called outside its locks.
 *
 * @param <L> the kind of load
 */
final class LoadTable<L extends Load> {

	private final ConcurrentMap<Integer, Chain<L>> chains = new ConcurrentHashMap<>();

	/**
	 * Return the newest running load of a key.
	 */
	@Nullable L find(Object key) {
		return find(this.chains.get(key.hashCode()), key);
	}

	private @Nullable L find(@Nullable Chain<L> chain, Object key) {
		for (Chain<L> c = chain; c != null; c = c.next) {
			if (c.load.isRunning() && c.load.key.equals(key)) {
				return c.load;
			}
		}
		return null;
	}

	/**
	 * Call an action for every load of a key in this table.
	 */
	void forEach(Object key, Consumer<? super L> action) {
		for (Chain<L> c = this.chains.get(key.hashCode()); c != null; c = c.next) {
			if (c.load.key.equals(key)) {
				action.accept(c.load);
			}
		}
	}

	/**
	 * Add a load, even if there are others with its key.
	 */
	void add(L load) {
		this.chains.compute(load.hash, (hash, chain) -> new Chain<>(load, chain));
	}

	/**
	 * Add a load unless one with its key is running.
	 * @return the running load, or {@code null} if the given one was added
	 */
	@Nullable L addIfAbsent(L load) {
		while (true) {
			Chain<L> chain = this.chains.get(load.hash);
			L present = find(chain, load.key);
			if (present != null) {
				return present;
			}
			Chain<L> longer = new Chain<>(load, chain);
			if ((chain == null) ? this.chains.putIfAbsent(load.hash, longer) == null
					: this.chains.replace(load.hash, chain, longer)) {
				return null;
			}
		}
	}

	void remove(L load) {
		this.chains.computeIfPresent(load.hash, (hash, chain) -> chain.without(load));
	}

	void forEach(Consumer<? super L> action) {
		this.chains.values().forEach((chain) -> {
			for (Chain<L> c = chain; c != null; c = c.next) {
				action.accept(c.load);
			}
		});
	}

	/** The loads with one hash code, newest first. Immutable, compared by identity. */
	private static final class Chain<L> {

		private final L load;

		private final @Nullable Chain<L> next;

		Chain(L load, @Nullable Chain<L> next) {
			this.load = load;
			this.next = next;
		}

		@Nullable Chain<L> without(L removed) {
			Chain<L> before = null;
			Chain<L> c = this;
			while (c != null && c.load != removed) {
				before = new Chain<>(c.load, before);
				c = c.next;
			}
			if (c == null) {
				return this;
			}
			Chain<L> rest = c.next;
			for (; before != null; before = before.next) {
				rest = new Chain<>(before.load, rest);
			}
			return rest;
		}

	}

}
