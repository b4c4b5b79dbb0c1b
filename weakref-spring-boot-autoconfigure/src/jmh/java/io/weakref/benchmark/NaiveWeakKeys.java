package io.weakref.benchmark;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * The usual implementation of weak keys by hand: a {@link ConcurrentHashMap} whose keys
 * are weak references with the referent's {@code equals} and hash code, a new lookup key
 * for each call, and a queue that is drained by writes.
 */
final class NaiveWeakKeys implements Store {

	private final ConcurrentHashMap<Object, Object> map = new ConcurrentHashMap<>();

	private final ReferenceQueue<Object> queue = new ReferenceQueue<>();

	@Override
	public @Nullable Object get(Object key) {
		return this.map.get(new LookupKey(key));
	}

	@Override
	public @Nullable Object put(Object key, Object value) {
		purge();
		return this.map.put(new KeyReference(key, this.queue), value);
	}

	@Override
	public @Nullable Object remove(Object key) {
		purge();
		return this.map.remove(new LookupKey(key));
	}

	@Override
	public @Nullable Object computeIfAbsent(Object key, Function<Object, Object> function) {
		return this.map.computeIfAbsent(new KeyReference(key, this.queue), (k) -> function.apply(key));
	}

	@Override
	public Iterable<?> values() {
		return this.map.values();
	}

	@Override
	public int size() {
		return this.map.size();
	}

	@Override
	public void purge() {
		for (Object dead = this.queue.poll(); dead != null; dead = this.queue.poll()) {
			this.map.remove(dead);
		}
	}

	private static final class KeyReference extends WeakReference<Object> {

		private final int hash;

		KeyReference(Object key, ReferenceQueue<Object> queue) {
			super(key, queue);
			this.hash = key.hashCode();
		}

		@Override
		public int hashCode() {
			return this.hash;
		}

		@Override
		public boolean equals(@Nullable Object other) {
			if (this == other) {
				return true;
			}
			Object key = get();
			Object that = (other instanceof KeyReference reference) ? reference.get()
					: (other instanceof LookupKey lookup) ? lookup.key : null;
			return key != null && key.equals(that);
		}

	}

	private record LookupKey(Object key) {

		@Override
		public int hashCode() {
			return this.key.hashCode();
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof KeyReference reference && this.key.equals(reference.get());
		}

	}

}
