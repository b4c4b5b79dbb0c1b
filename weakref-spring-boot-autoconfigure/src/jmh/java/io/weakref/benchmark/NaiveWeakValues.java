package io.weakref.benchmark;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * The usual implementation by hand: a {@link ConcurrentHashMap} of weak references that
 * have their key in a field, and a queue that is drained by writes.
 */
final class NaiveWeakValues implements Store {

	private final ConcurrentHashMap<Object, ValueReference> map = new ConcurrentHashMap<>();

	private final ReferenceQueue<Object> queue = new ReferenceQueue<>();

	@Override
	public @Nullable Object get(Object key) {
		ValueReference reference = this.map.get(key);
		return (reference != null) ? reference.get() : null;
	}

	@Override
	public @Nullable Object put(Object key, Object value) {
		purge();
		ValueReference old = this.map.put(key, new ValueReference(key, value, this.queue));
		return (old != null) ? old.get() : null;
	}

	@Override
	public @Nullable Object remove(Object key) {
		purge();
		ValueReference old = this.map.remove(key);
		return (old != null) ? old.get() : null;
	}

	@Override
	public Object computeIfAbsent(Object key, Function<Object, Object> function) {
		while (true) {
			ValueReference reference = this.map.computeIfAbsent(key,
					(k) -> new ValueReference(k, function.apply(k), this.queue));
			Object value = reference.get();
			if (value != null) {
				return value;
			}
			this.map.remove(key, reference);
		}
	}

	@Override
	public Iterable<?> values() {
		List<Object> values = new ArrayList<>();
		for (ValueReference reference : this.map.values()) {
			Object value = reference.get();
			if (value != null) {
				values.add(value);
			}
		}
		return values;
	}

	@Override
	public int size() {
		return this.map.size();
	}

	@Override
	public void purge() {
		for (Object dead = this.queue.poll(); dead != null; dead = this.queue.poll()) {
			if (dead instanceof ValueReference reference) {
				this.map.remove(reference.key, reference);
			}
		}
	}

	private static final class ValueReference extends WeakReference<Object> {

		private final Object key;

		ValueReference(Object key, Object value, ReferenceQueue<Object> queue) {
			super(value, queue);
			this.key = key;
		}

	}

}
