package io.weakref.reference;

import java.lang.ref.Reference;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;

/**
 * The reference inside a {@link WeakProxy}, which handles its calls. Reference and proxy
 * refer to each other, so that one lives exactly as long as the other.
 *
 * @param <T> the interface
 */
final class ProxyRef<T> extends WeakRef<T> implements InvocationHandler {

	private final Class<T> type;

	/** Set before this reference is published. */
	private @Nullable T proxy;

	private ProxyRef(Class<T> type, T referent) {
		super(referent);
		this.type = type;
	}

	private ProxyRef(Class<T> type, T referent, Consumer<? super T> callback, ReferenceRegistry registry) {
		super(referent, (ref) -> callback.accept(((ProxyRef<T>) ref).proxy()), registry);
		this.type = type;
	}

	@SuppressWarnings("unchecked")
	static <T> ProxyRef<T> shared(Class<T> type, T referent) {
		requireInstance(type, referent);
		ReferenceRegistry registry = ReferenceRegistry.sharing();
		WeakRef<?> present = registry.shared(referent, type);
		if (present == null) {
			ProxyRef<T> candidate = new ProxyRef<>(type, referent);
			candidate.createProxy();
			present = registry.share(referent, candidate);
		}
		return (ProxyRef<T>) present;
	}

	static <T> ProxyRef<T> of(Class<T> type, T referent, Consumer<? super T> callback, WeakCleaner cleaner) {
		requireInstance(type, referent);
		Objects.requireNonNull(callback, "callback");
		ReferenceRegistry registry = ReferenceRegistry.of(cleaner);
		ProxyRef<T> ref = new ProxyRef<>(type, referent, callback, registry);
		ref.createProxy();
		ref.enter(referent, registry);
		return ref;
	}

	private static void requireInstance(Class<?> type, Object referent) {
		Objects.requireNonNull(referent, "referent");
		if (!type.isInstance(referent)) {
			throw new NotReferenceableException(
					"An object of class " + referent.getClass().getName() + " is not an instance of " + type.getName());
		}
	}

	private void createProxy() {
		Class<T> type = this.type;
		if (!type.isInterface()) {
			throw new NotReferenceableException(type.getName() + " cannot be proxied: it is not an interface");
		}
		if (!isAccessible(type)) {
			throw new NotReferenceableException(
					type.getName() + " cannot be proxied: it is not public and its module does not open it");
		}
		Class<?> marker = isFunctional(type) ? CallableWeakProxy.class : WeakProxy.class;
		try {
			this.proxy = type.cast(Proxy.newProxyInstance(loader(type), new Class<?>[] { type, marker }, this));
		}
		catch (IllegalArgumentException ex) {
			throw new NotReferenceableException(type.getName() + " cannot be proxied: " + ex.getMessage());
		}
	}

	/**
	 * The class loader of the interface, or that of this library if the former does not
	 * find the marker interface.
	 */
	private static @Nullable ClassLoader loader(Class<?> type) {
		ClassLoader loader = type.getClassLoader();
		try {
			if (loader != null && Class.forName(WeakProxy.class.getName(), false, loader) == WeakProxy.class) {
				return loader;
			}
		}
		catch (ClassNotFoundException ex) {
			// Use the class loader of this library. If that does not find the interface,
			// newProxyInstance throws.
		}
		return WeakProxy.class.getClassLoader();
	}

	private static boolean isAccessible(Class<?> type) {
		if (isPublic(type) && type.getModule().isExported(type.getPackageName(), ProxyRef.class.getModule())) {
			return true;
		}
		return Arrays.stream(type.getMethods())
			.allMatch((method) -> Modifier.isStatic(method.getModifiers()) || method.trySetAccessible());
	}

	private static boolean isPublic(Class<?> type) {
		for (Class<?> each = type; each != null; each = each.getDeclaringClass()) {
			if (!Modifier.isPublic(each.getModifiers())) {
				return false;
			}
		}
		return true;
	}

	private static boolean isFunctional(Class<?> type) {
		if (type.isAnnotationPresent(FunctionalInterface.class)) {
			return true;
		}
		Set<String> signatures = new HashSet<>();
		for (Method method : type.getMethods()) {
			if (Modifier.isAbstract(method.getModifiers()) && !isObjectMethod(method)) {
				signatures.add(method.getName() + Arrays.toString(method.getParameterTypes()));
			}
		}
		return signatures.size() == 1;
	}

	private static boolean isObjectMethod(Method method) {
		try {
			Object.class.getMethod(method.getName(), method.getParameterTypes());
			return true;
		}
		catch (NoSuchMethodException ex) {
			return false;
		}
	}

	T proxy() {
		return Objects.requireNonNull(this.proxy);
	}

	@Override
	Class<?> kind() {
		return this.type;
	}

	@Override
	Object source() {
		return proxy();
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args) throws Throwable {
		if (method.getDeclaringClass() == Object.class) {
			return switch (method.getName()) {
				case "hashCode" -> throw new UnhashableReferenceException("A weak proxy has no hash code");
				case "equals" -> isEqual(proxy, Objects.requireNonNull(args)[0]);
				default -> describe();
			};
		}
		T referent = alive();
		try {
			method.trySetAccessible();
			return method.invoke(referent, args);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
		finally {
			Reference.reachabilityFence(referent);
		}
	}

	private T alive() {
		T referent = referent();
		if (referent == null) {
			throw new DeadReferenceException();
		}
		return referent;
	}

	private boolean isEqual(Object proxy, @Nullable Object other) {
		if (proxy == other) {
			return true;
		}
		T referent = alive();
		if (other != null && Proxy.isProxyClass(other.getClass())
				&& Proxy.getInvocationHandler(other) instanceof ProxyRef<?> that) {
			return referent.equals(that.alive());
		}
		return referent.equals(other);
	}

	private String describe() {
		T referent = referent();
		return (referent != null) ? referent.toString() : "dead weak proxy of " + this.type.getName();
	}

}
