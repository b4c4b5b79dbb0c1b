package io.weakref.context;

import java.lang.ref.Reference;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

import io.weakref.reference.DeadReferenceException;
import io.weakref.reference.NotReferenceableException;
import io.weakref.reference.UnhashableReferenceException;
import io.weakref.reference.WeakProxy;
import io.weakref.reference.WeakRef;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.TargetSource;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.util.ReflectionUtils;

/**
 * A {@code TargetSource} that does not keep its target alive, for proxies of classes.
 * Interfaces need no Spring: see {@link WeakProxy}.
 * <p>
 * {@link #proxy} creates a proxy that behaves like a {@link WeakProxy}, is marked as one,
 * and is an instance of the target's class. It differs in one point: it equals proxies of
 * equal targets, but not such a target itself, because Spring compares proxies.
 * <p>
 * The target is held during each call. Safe for use by many threads.
 *
 * @since 0.1.0
 */
public final class WeakTargetSource implements TargetSource {

	private final WeakRef<?> target;

	private final Class<?> targetClass;

	/** Whether to return null for a dead target, because an advice handles that case. */
	private final boolean advised;

	private WeakTargetSource(Object target, boolean advised) {
		this.target = WeakRef.of(target);
		this.targetClass = target.getClass();
		this.advised = advised;
	}

	/**
	 * Create a target source for a proxy factory. Calls of its proxy throw
	 * {@link DeadReferenceException} once the target has died.
	 * @param target the target
	 * @return a new target source
	 * @throws NotReferenceableException if the target is itself a weak proxy
	 */
	public static WeakTargetSource of(Object target) {
		return new WeakTargetSource(target, false);
	}

	/**
	 * Create a proxy that is an instance of its target's class.
	 * @param <T> the type of the target
	 * @param target the object to which calls are forwarded
	 * @return a new proxy
	 * @throws NotReferenceableException if the class cannot be proxied: it is final,
	 * sealed or not visible, or has a final method, which would run on the proxy itself;
	 * or if the target is itself a weak proxy
	 */
	@SuppressWarnings("unchecked")
	public static <T> T proxy(T target) {
		WeakTargetSource targetSource = new WeakTargetSource(target, true);
		Class<?> type = target.getClass();
		requireProxyable(type);
		ProxyFactory factory = new ProxyFactory();
		factory.setTargetSource(targetSource);
		factory.setProxyTargetClass(true);
		factory.setOpaque(true);
		factory.addInterface(WeakProxy.class);
		factory.addAdvice(DeadTargetAdvice.INSTANCE);
		try {
			return (T) factory.getProxy(type.getClassLoader());
		}
		catch (AopConfigException ex) {
			throw refusal(type, (ex.getCause() != null) ? ex.getCause().getMessage() : ex.getMessage());
		}
	}

	private static void requireProxyable(Class<?> type) {
		if (Modifier.isFinal(type.getModifiers())) {
			throw refusal(type, "it is final");
		}
		if (type.isSealed()) {
			throw refusal(type, "it is sealed");
		}
		for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
			for (Method method : each.getDeclaredMethods()) {
				int modifiers = method.getModifiers();
				if (Modifier.isFinal(modifiers) && !Modifier.isPrivate(modifiers) && !Modifier.isStatic(modifiers)) {
					throw refusal(type, "its method " + method.getName() + " is final");
				}
			}
		}
	}

	private static NotReferenceableException refusal(Class<?> type, @Nullable String reason) {
		return new NotReferenceableException(type.getName() + " cannot be proxied: " + reason);
	}

	@Override
	public Class<?> getTargetClass() {
		return this.targetClass;
	}

	/**
	 * Return whether the target is always the same. It is not, because it may die.
	 * @return {@code false}
	 */
	@Override
	public boolean isStatic() {
		return false;
	}

	@Override
	public @Nullable Object getTarget() {
		Object target = this.target.get();
		if (target == null && !this.advised) {
			throw new DeadReferenceException();
		}
		return target;
	}

	/**
	 * Keep the target alive until the call ends.
	 * @param target the target of the call
	 */
	@Override
	@SuppressWarnings("ReachabilityFenceUsage")
	public void releaseTarget(Object target) {
		Reference.reachabilityFence(target);
	}

	/**
	 * Compare the targets. Proxies are compared with this method.
	 * @param other the object to compare with
	 * @return whether the other is a weak target source with an equal target
	 * @throws DeadReferenceException if either target has died
	 */
	@Override
	public boolean equals(@Nullable Object other) {
		if (this == other) {
			return true;
		}
		return other instanceof WeakTargetSource that && alive().equals(that.alive());
	}

	private Object alive() {
		Object target = this.target.get();
		if (target == null) {
			throw new DeadReferenceException();
		}
		return target;
	}

	/**
	 * Always throw: the hash code of a proxy is derived from this one, and weak proxies
	 * have none.
	 * @throws UnhashableReferenceException always
	 */
	@Override
	public int hashCode() {
		throw new UnhashableReferenceException("A weak proxy has no hash code");
	}

	@Override
	public String toString() {
		return "weak target source for " + this.target;
	}

	/** Handles calls whose target is dead. */
	private static final class DeadTargetAdvice implements MethodInterceptor {

		private static final DeadTargetAdvice INSTANCE = new DeadTargetAdvice();

		@Override
		public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
			if (invocation.getThis() != null) {
				return invocation.proceed();
			}
			if (ReflectionUtils.isToStringMethod(invocation.getMethod())) {
				return "dead weak proxy";
			}
			throw new DeadReferenceException();
		}

	}

}
