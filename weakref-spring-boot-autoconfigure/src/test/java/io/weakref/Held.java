package io.weakref;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Holds an object until it is let go: what a local variable cannot do for certain.
 *
 * @param <T> the type of the object
 */
public final class Held<T> {

	private volatile @Nullable T object;

	/**
	 * Hold an object.
	 * @param object the object
	 */
	public Held(T object) {
		this.object = object;
	}

	/**
	 * Return the object.
	 * @return the object, which was not let go
	 */
	public T get() {
		return Objects.requireNonNull(this.object);
	}

	/**
	 * Hold it no longer.
	 */
	public void letGo() {
		this.object = null;
	}

}
