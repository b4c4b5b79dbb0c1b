package io.weakref.benchmark;

import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * A contender that is itself a {@link Map}.
 */
final class MapStore implements Store {

	private final Map<Object, Object> map;

	private final Runnable purge;

	MapStore(Map<Object, Object> map, Runnable purge) {
		this.map = map;
		this.purge = purge;
	}

	@Override
	public @Nullable Object get(Object key) {
		return this.map.get(key);
	}

	@Override
	public @Nullable Object put(Object key, Object value) {
		return this.map.put(key, value);
	}

	@Override
	public @Nullable Object remove(Object key) {
		return this.map.remove(key);
	}

	@Override
	public @Nullable Object computeIfAbsent(Object key, Function<Object, Object> function) {
		return this.map.computeIfAbsent(key, function);
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
		this.purge.run();
	}

	@Override
	public Object bare() {
		return this.map;
	}

}
