package io.weakref.collection;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The sequential specification of a table: a {@code HashMap}. Its methods are those of
 * {@link TableOperations}.
 */
public class TableModel {

	private final Map<Integer, Integer> map = new HashMap<>();

	public @Nullable Integer get(int key) {
		return this.map.get(key);
	}

	public @Nullable Integer put(int key, int value) {
		return this.map.put(key, value);
	}

	public @Nullable Integer putIfAbsent(int key, int value) {
		return this.map.putIfAbsent(key, value);
	}

	public @Nullable Integer remove(int key) {
		return this.map.remove(key);
	}

	public boolean replace(int key, int expected, int value) {
		return this.map.replace(key, expected, value);
	}

	public @Nullable Integer computeIfAbsent(int key, int value) {
		return this.map.computeIfAbsent(key, (k) -> value);
	}

	public @Nullable Integer compute(int key, int value) {
		return this.map.compute(key, (k, old) -> Objects.equals(old, value) ? null : Integer.valueOf(value));
	}

	public void purge() {
	}

	public void clear() {
		this.map.clear();
	}

	public void letGo() {
	}

	public void letGoAll() {
	}

	public void die(int key, int value) {
		this.map.remove(key, value);
	}

	public void dieWithKey(int key) {
		this.map.remove(key);
	}

}
