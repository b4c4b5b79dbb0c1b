package io.weakref.reference;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Holds an object until it is let go: what a local variable cannot do for certain.
 */
final class Held<T> {

	private volatile @Nullable T object;

	Held(T object) {
		this.object = object;
	}

	T get() {
		return Objects.requireNonNull(this.object);
	}

	void letGo() {
		this.object = null;
	}

}
