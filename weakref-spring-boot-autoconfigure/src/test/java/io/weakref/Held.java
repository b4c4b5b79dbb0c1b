package io.weakref;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Holds an object until it is released. A local variable does not guarantee that.
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
	 * @return the object, which must not have been released
	 */
	public T get() {
		return Objects.requireNonNull(this.object);
	}

	/**
	 * Release the object.
	 */
	public void letGo() {
		this.object = null;
	}

}
