package io.weakref.collection;

import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Compares the live contents of both sides. The inherited methods would first compare
 * sizes, which include dead entries.
 */
final class LiveEquality {

	private LiveEquality() {
	}

	static boolean equal(Set<?> set, @Nullable Object other) {
		if (other == set) {
			return true;
		}
		if (!(other instanceof Set<?> that)) {
			return false;
		}
		Object[] elements = set.toArray();
		if (elements.length != that.toArray().length) {
			return false;
		}
		try {
			for (Object element : elements) {
				if (!that.contains(element)) {
					return false;
				}
			}
			return true;
		}
		catch (ClassCastException | NullPointerException ex) {
			return false;
		}
	}

	static boolean equal(Map<?, ?> map, @Nullable Object other) {
		if (other == map) {
			return true;
		}
		if (!(other instanceof Map<?, ?> that)) {
			return false;
		}
		Object[] entries = map.entrySet().toArray();
		if (entries.length != that.entrySet().toArray().length) {
			return false;
		}
		try {
			for (Object element : entries) {
				Map.Entry<?, ?> entry = (Map.Entry<?, ?>) element;
				if (!entry.getValue().equals(that.get(entry.getKey()))) {
					return false;
				}
			}
			return true;
		}
		catch (ClassCastException | NullPointerException ex) {
			return false;
		}
	}

}
