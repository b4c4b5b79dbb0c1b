package io.weakref.context;

import java.io.IOException;

import io.weakref.GarbageCollection;
import io.weakref.Held;
import io.weakref.reference.DeadReferenceException;
import io.weakref.reference.NotReferenceableException;
import io.weakref.reference.UnhashableReferenceException;
import io.weakref.reference.WeakProxy;
import io.weakref.reference.WeakRef;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.ProxyFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for promises 13 to 18, for proxies of classes.
 */
class WeakTargetSourceTests {

	private final Held<Service> target = new Held<>(new Service("a"));

	@Test
	@Tag("promise-13")
	void proxyIsAnInstanceOfTheClassAndForwards() throws Exception {
		Service proxy = WeakTargetSource.proxy(this.target.get());
		assertThat(proxy.name()).isEqualTo("a");
		assertThat(proxy.toString()).isEqualTo("service a");
		assertThatExceptionOfType(IOException.class).isThrownBy(proxy::fail).withMessage("checked");
	}

	@Test
	@Tag("promise-13")
	void deadProxyThrowsAndSaysThatItIsDead() {
		Service proxy = WeakTargetSource.proxy(this.target.get());
		letTargetDie();
		assertThatExceptionOfType(DeadReferenceException.class).isThrownBy(proxy::name)
			.withMessage("weakly-referenced object no longer exists");
		assertThat(proxy.toString()).isEqualTo("dead weak proxy");
	}

	@Test
	@Tag("promise-13")
	void targetIsPinnedDuringACall() {
		Service proxy = WeakTargetSource.proxy(this.target.get());
		WeakRef<Service> ref = WeakRef.of(this.target.get());
		Runnable letGo = () -> {
			this.target.letGo();
			GarbageCollection.collect();
		};
		assertThat(proxy.isAliveAfter(letGo, ref)).isTrue();
		GarbageCollection.until(() -> ref.refersTo(null));
	}

	@Test
	@Tag("promise-14")
	void proxyIsMarked() {
		Service proxy = WeakTargetSource.proxy(this.target.get());
		assertThat(WeakProxy.isProxy(proxy)).isTrue();
	}

	@Test
	@Tag("promise-15")
	void proxyHasNoHashCode() {
		Object proxy = WeakTargetSource.proxy(this.target.get());
		assertThatExceptionOfType(UnhashableReferenceException.class).isThrownBy(proxy::hashCode);
		letTargetDie();
		assertThatExceptionOfType(UnhashableReferenceException.class).isThrownBy(proxy::hashCode);
	}

	@Test
	@Tag("promise-16")
	void equalsUnwrapsBothProxies() {
		Service equal = new Service("a");
		Service different = new Service("b");
		Object proxy = WeakTargetSource.proxy(this.target.get());
		assertThat(proxy.equals(WeakTargetSource.proxy(equal))).isTrue();
		assertThat(proxy.equals(WeakTargetSource.proxy(different))).isFalse();
		assertThat(proxy.equals("a")).isFalse();
	}

	@Test
	@Tag("promise-18")
	void proxyOfAProxyIsRefused() {
		Service proxy = WeakTargetSource.proxy(this.target.get());
		assertThatExceptionOfType(NotReferenceableException.class).isThrownBy(() -> WeakTargetSource.proxy(proxy));
		assertThatExceptionOfType(NotReferenceableException.class).isThrownBy(() -> WeakRef.of(proxy));
	}

	@Test
	@Tag("promise-18")
	void classThatCannotBeProxiedIsRefusedWhenItIsCreated() {
		assertRefused(new Final(), "it is final");
		assertRefused(new Point(1), "it is final");
		assertRefused(new int[1], "it is final");
		assertRefused(new WithFinalMethod(), "its method name is final");
		assertRefused(new Sealed(), "it is sealed");
		assertRefused(Hidden.create(), "visible");
	}

	@Test
	void targetSourceWorksInAProxyFactory() {
		ProxyFactory factory = new ProxyFactory();
		factory.setTargetSource(WeakTargetSource.of(this.target.get()));
		factory.setProxyTargetClass(true);
		Service proxy = (Service) factory.getProxy();
		assertThat(proxy.name()).isEqualTo("a");
		letTargetDie();
		assertThatExceptionOfType(DeadReferenceException.class).isThrownBy(proxy::name);
	}

	private void letTargetDie() {
		WeakRef<Service> ref = WeakRef.of(this.target.get());
		this.target.letGo();
		GarbageCollection.until(() -> ref.refersTo(null));
	}

	private static void assertRefused(Object target, String reason) {
		assertThatExceptionOfType(NotReferenceableException.class).isThrownBy(() -> WeakTargetSource.proxy(target))
			.withMessageStartingWith(target.getClass().getName() + " cannot be proxied: ")
			.withMessageContaining(reason);
	}

	static class Service {

		private final String name;

		Service(String name) {
			this.name = name;
		}

		String name() {
			return this.name;
		}

		void fail() throws IOException {
			throw new IOException("checked");
		}

		boolean isAliveAfter(Runnable action, WeakRef<?> ref) {
			action.run();
			return !ref.refersTo(null);
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Service that && this.name.equals(that.name);
		}

		@Override
		public int hashCode() {
			return this.name.hashCode();
		}

		@Override
		public String toString() {
			return "service " + this.name;
		}

	}

	static final class Final {

	}

	record Point(int x) {
	}

	static class WithFinalMethod {

		final String name() {
			return "name";
		}

	}

	static sealed class Sealed {

	}

	static final class SealedChild extends Sealed {

	}

	static class Hidden {

		private Hidden() {
		}

		static Hidden create() {
			return new Hidden();
		}

	}

}
