package io.weakref.reference;

import java.lang.ref.Reference;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;

/**
 * A reference to a method of an object that does not keep the object alive.
 * <p>
 * A weak reference to {@code target::method} is useless: each evaluation of that
 * expression creates a new object that nothing else refers to, so it dies at the next
 * garbage collection even if the target lives. A weak method holds the function,
 * {@code Type::method}, strongly, and refers to the target weakly. The target must not be
 * reachable from the function, which would keep the target alive. A function that holds
 * the target in a captured variable or a field is refused.
 * <p>
 * Two weak methods are equal as long as both targets are alive and are the same object,
 * and the functions are equal. {@code Type::method} in two places of the source yields
 * functions that are not equal.
 *
 * @param <T> the type of the target
 * @param <R> the type of the result
 * @since 0.1.0
 */
public final class WeakMethod<T, R> {

	private final WeakRef<T> target;

	private final Function<? super T, ? extends R> method;

	private final int hash;

	private WeakMethod(T target, Function<? super T, ? extends R> method) {
		this.target = WeakRef.of(target);
		this.method = method;
		this.hash = hash(target, method);
	}

	@SuppressWarnings("this-escape")
	private WeakMethod(T target, Function<? super T, ? extends R> method, Consumer<? super WeakMethod<T, R>> callback,
			WeakCleaner cleaner) {
		Objects.requireNonNull(callback, "callback");
		this.method = method;
		this.hash = hash(target, method);
		try {
			this.target = WeakRef.of(target, (ref) -> callback.accept(this), cleaner);
		}
		finally {
			// If the target died before, the callback could see a method without a
			// target.
			Reference.reachabilityFence(target);
		}
	}

	private static int hash(Object target, Object method) {
		return 31 * System.identityHashCode(target) + method.hashCode();
	}

	/**
	 * Create a weak method.
	 * @param <T> the type of the target
	 * @param <R> the type of the result
	 * @param target the object to call the method on
	 * @param method the method, as in {@code Type::method}
	 * @return a weak method, usable while the target lives
	 * @throws NotReferenceableException if the method holds the target, or that is a weak
	 * proxy or has no identity
	 */
	public static <T, R> WeakMethod<T, R> of(T target, Function<? super T, ? extends R> method) {
		requireUnheld(target, method);
		return new WeakMethod<>(target, method);
	}

	/**
	 * Create a weak method whose callback is run by the {@linkplain WeakCleaner#shared()
	 * shared cleaner}.
	 * @param <T> the type of the target
	 * @param <R> the type of the result
	 * @param target the object to call the method on
	 * @param method the method, as in {@code Type::method}
	 * @param callback what to run with the weak method once the target has died, if
	 * something still refers to the weak method
	 * @return a weak method, usable while the target lives
	 * @throws NotReferenceableException if the method holds the target, or that is a weak
	 * proxy or has no identity
	 */
	public static <T, R> WeakMethod<T, R> of(T target, Function<? super T, ? extends R> method,
			Consumer<? super WeakMethod<T, R>> callback) {
		return of(target, method, callback, WeakCleaner.shared());
	}

	/**
	 * Create a weak method with a callback.
	 * @param <T> the type of the target
	 * @param <R> the type of the result
	 * @param target the object to call the method on
	 * @param method the method, as in {@code Type::method}
	 * @param callback what to run with the weak method once the target has died, if
	 * something still refers to the weak method
	 * @param cleaner what runs the callback
	 * @return a weak method, usable while the target lives
	 * @throws NotReferenceableException if the method holds the target, or that is a weak
	 * proxy or has no identity
	 * @throws IllegalStateException if the cleaner is closed
	 */
	public static <T, R> WeakMethod<T, R> of(T target, Function<? super T, ? extends R> method,
			Consumer<? super WeakMethod<T, R>> callback, WeakCleaner cleaner) {
		requireUnheld(target, method);
		return new WeakMethod<>(target, method, callback, cleaner);
	}

	/**
	 * Create a listener that passes its argument to a method of an object that it does
	 * not keep alive.
	 * @param <T> the type of the target
	 * @param <A> the type of the argument
	 * @param target the object to call the method on
	 * @param method the method, as in {@code Type::method}
	 * @return a listener that does nothing once the target has died
	 * @throws NotReferenceableException if the method holds the target, or that is a weak
	 * proxy or has no identity
	 */
	public static <T, A> Consumer<A> listener(T target, BiConsumer<? super T, ? super A> method) {
		requireUnheld(target, method);
		WeakRef<T> ref = WeakRef.of(target);
		return (argument) -> {
			T alive = ref.get();
			if (alive != null) {
				try {
					method.accept(alive, argument);
				}
				finally {
					Reference.reachabilityFence(alive);
				}
			}
		};
	}

	private static void requireUnheld(Object target, Object method) {
		ReferentCheck.requireReferenceable(target);
		Objects.requireNonNull(method, "method");
		if (CapturedReferences.holds(method, target)) {
			throw new NotReferenceableException("The method refers to its target, of class "
					+ target.getClass().getName() + ", and would keep it alive: use Type::method");
		}
	}

	/**
	 * Call the method.
	 * @return the result; {@code null} if the target has died
	 */
	public @Nullable R invoke() {
		T alive = this.target.get();
		if (alive == null) {
			return null;
		}
		try {
			return this.method.apply(alive);
		}
		finally {
			Reference.reachabilityFence(alive);
		}
	}

	/**
	 * Return whether the target is alive.
	 * @return {@code false} once {@link #invoke()} has no effect
	 */
	public boolean isAlive() {
		return !this.target.refersTo(null);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		if (this == other) {
			return true;
		}
		if (!(other instanceof WeakMethod<?, ?> that) || !this.method.equals(that.method)) {
			return false;
		}
		T mine = this.target.get();
		return mine != null && mine == that.target.get();
	}

	@Override
	public int hashCode() {
		return this.hash;
	}

	/**
	 * Describe this weak method without calling its target.
	 * @return its identity and its target
	 */
	@Override
	public String toString() {
		return WeakRef.describe(this) + " on " + this.target;
	}

}
