package io.weakref.cache;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The loads that run now, by key. Nobody waits here for a key: the map has hash codes for
 * keys, so that it never compares keys itself, and {@code equals} of a key is called
 * outside of its locks.
 *
 * @param <L> the kind of load
 */
final class LoadTable<L extends Load> {

	private final ConcurrentMap<Integer, Chain<L>> chains = new ConcurrentHashMap<>();

	/**
	 * Find the newest load of a key that is running.
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
	 * Do something with every load of a key that is in this table.
	 */
	void forEach(Object key, Consumer<? super L> action) {
		for (Chain<L> c = this.chains.get(key.hashCode()); c != null; c = c.next) {
			if (c.load.key.equals(key)) {
				action.accept(c.load);
			}
		}
	}

	/**
	 * Add a load beside those of its key that are here.
	 */
	void add(L load) {
		this.chains.compute(load.hash, (hash, chain) -> new Chain<>(load, chain));
	}

	/**
	 * Add a load unless there is one of its key that is running.
	 * @return the load that is there already, {@code null} if this one was added
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

	/** The loads of one hash code, the newest first. Immutable; equal only to itself. */
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
