package io.weakref.reference;

import java.util.Objects;
import java.util.function.Consumer;

import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;

/**
 * Marks proxies that forward every call to an object that they do not keep alive.
 * <p>
 * A proxy implements one interface of its referent and this interface, or
 * {@link CallableWeakProxy} if the former is a functional interface. Each call holds the
 * referent until it returns, and throws what the referent's method throws. Once the
 * referent has died, every call throws {@link DeadReferenceException}, except
 * {@code toString()}, which says that the proxy is dead, {@code equals} with the proxy
 * itself, and {@code hashCode()}.
 * <p>
 * Proxies have no hash code, dead or alive: {@code hashCode()} throws
 * {@link UnhashableReferenceException}. {@code equals} compares the referents, also if
 * its argument is a proxy. What a method of the referent returns is passed on unchanged:
 * a method that returns {@code this} exposes the referent itself.
 *
 * @since 0.1.0
 */
public interface WeakProxy {

	/**
	 * Return the shared proxy of an object for an interface.
	 * @param <T> the interface
	 * @param type the interface
	 * @param referent what to forward to
	 * @return the same proxy for all calls with this object and interface, as long as
	 * that proxy is in use
	 * @throws NotReferenceableException if the type cannot be proxied, or the referent is
	 * a weak proxy itself
	 */
	static <T> T of(Class<T> type, T referent) {
		return ProxyRef.shared(type, referent).proxy();
	}

	/**
	 * Create a proxy whose callback is run by the {@linkplain WeakCleaner#shared() shared
	 * cleaner}.
	 * @param <T> the interface
	 * @param type the interface
	 * @param referent what to forward to
	 * @param callback what to run with the proxy once the referent has died, if something
	 * still refers to the proxy
	 * @return a new proxy
	 * @throws NotReferenceableException if the type cannot be proxied, or the referent is
	 * a weak proxy itself
	 */
	static <T> T of(Class<T> type, T referent, Consumer<? super T> callback) {
		return of(type, referent, callback, WeakCleaner.shared());
	}

	/**
	 * Create a proxy with a callback.
	 * @param <T> the interface
	 * @param type the interface
	 * @param referent what to forward to
	 * @param callback what to run with the proxy once the referent has died, if something
	 * still refers to the proxy
	 * @param cleaner what runs the callback
	 * @return a new proxy
	 * @throws NotReferenceableException if the type cannot be proxied, or the referent is
	 * a weak proxy itself
	 * @throws IllegalStateException if the cleaner is closed
	 */
	static <T> T of(Class<T> type, T referent, Consumer<? super T> callback, WeakCleaner cleaner) {
		return ProxyRef.of(type, referent, Objects.requireNonNull(callback, "callback"), cleaner).proxy();
	}

	/**
	 * Return whether an object is a weak proxy.
	 * @param object any object; may be {@code null}
	 * @return whether it is a weak proxy, callable or not
	 */
	static boolean isProxy(@Nullable Object object) {
		return object instanceof WeakProxy;
	}

}
