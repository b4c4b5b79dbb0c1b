package io.weakref.reference;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

import io.weakref.GarbageCollection;
import io.weakref.Held;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ApplicationEventMulticaster;
import org.springframework.context.event.SimpleApplicationEventMulticaster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Promise 24: methods of objects that they do not keep alive, and weak listeners.
 */
class WeakMethodTests {

	private final TestCleaner test = new TestCleaner();

	private final Held<Counter> target = new Held<>(new Counter());

	@AfterEach
	void closeCleaner() {
		this.test.close();
	}

	@Test
	@Tag("promise-24")
	void methodIsUsableWhileItsTargetLives() {
		WeakMethod<Counter, Integer> method = WeakMethod.of(this.target.get(), Counter::next);
		WeakReference<Runnable> naive = new WeakReference<>(this.target.get()::next);
		GarbageCollection.until(() -> naive.get() == null);
		assertThat(method.invoke()).isEqualTo(1);
		assertThat(method.invoke()).isEqualTo(2);
		assertThat(method.isAlive()).isTrue();
	}

	@Test
	@Tag("promise-24")
	void methodDoesNotKeepItsTargetAlive() {
		WeakMethod<Counter, Integer> method = WeakMethod.of(this.target.get(), Counter::next);
		this.target.letGo();
		GarbageCollection.until(() -> !method.isAlive());
		assertThat(method.invoke()).isNull();
	}

	@Test
	@Tag("promise-24")
	void callbackIsGivenTheMethod() {
		AtomicReference<@Nullable WeakMethod<Counter, Integer>> argument = new AtomicReference<>();
		WeakMethod<Counter, Integer> method = WeakMethod.of(this.target.get(), Counter::next, argument::set,
				this.test.cleaner);
		this.target.letGo();
		GarbageCollection.until(() -> argument.get() != null);
		assertThat(argument.get()).isSameAs(method);
	}

	@Test
	@Tag("promise-24")
	void methodsOfOneTargetAndFunctionAreEqual() {
		Function<Counter, Integer> next = Counter::next;
		Counter counter = this.target.get();
		WeakMethod<Counter, Integer> method = WeakMethod.of(counter, next);
		assertThat(method).isEqualTo(WeakMethod.of(counter, next)).hasSameHashCodeAs(WeakMethod.of(counter, next));
		assertThat(method).isNotEqualTo(WeakMethod.of(new Counter(), next));
		assertThat(method).isNotEqualTo(WeakMethod.of(counter, Counter::toString));
	}

	@Test
	void methodThatHoldsItsTargetIsRefused() {
		Counter counter = this.target.get();
		assertThatExceptionOfType(NotReferenceableException.class)
			.isThrownBy(() -> WeakMethod.of(counter, (ignored) -> counter.next()))
			.withMessageEndingWith("use Type::method");
		assertThatExceptionOfType(NotReferenceableException.class)
			.isThrownBy(() -> WeakMethod.listener(counter, (ignored, event) -> counter.next()));
	}

	@Test
	@Tag("promise-24")
	void listenerIsSilentWhenItsTargetIsDead() {
		List<String> heard = new ArrayList<>();
		Held<Ear> ear = new Held<>(new Ear(heard));
		WeakRef<Ear> watched = WeakRef.of(ear.get());
		Consumer<String> listener = WeakMethod.listener(ear.get(), Ear::hear);
		listener.accept("first");
		ear.letGo();
		GarbageCollection.until(() -> watched.get() == null);
		listener.accept("second");
		assertThat(heard).containsExactly("first");
	}

	@Test
	void weakListenerOfAnApplicationEventMulticaster() {
		ApplicationEventMulticaster multicaster = new SimpleApplicationEventMulticaster();
		List<String> heard = new CopyOnWriteArrayList<>();
		Held<Ear> ear = new Held<>(new Ear(heard));
		WeakRef<Ear> watched = WeakRef.of(ear.get());

		Consumer<Said> weak = WeakMethod.listener(ear.get(), Ear::onSaid);
		ApplicationListener<Said> listener = weak::accept;
		multicaster.addApplicationListener(listener);
		Finalizer.register(ear.get(), () -> multicaster.removeApplicationListener(listener), this.test.cleaner)
			.setAtExit(false);

		multicaster.multicastEvent(new Said("first"));
		ear.letGo();
		GarbageCollection.until(() -> watched.get() == null);
		multicaster.multicastEvent(new Said("second"));
		assertThat(heard).containsExactly("first");
		GarbageCollection.until(() -> this.test.cleaner.stats().callbacks() == 1);
		assertThat(this.test.errors).isEmpty();
		multicaster.removeApplicationListeners((any) -> {
			throw new AssertionError("The listener is still there");
		});
	}

	private static final class Counter {

		private int count;

		int next() {
			return ++this.count;
		}

	}

	private static final class Ear {

		private final List<String> heard;

		Ear(List<String> heard) {
			this.heard = heard;
		}

		void hear(String text) {
			this.heard.add(text);
		}

		void onSaid(Said event) {
			this.heard.add(event.text);
		}

	}

	private static final class Said extends ApplicationEvent {

		private static final long serialVersionUID = 1L;

		private final String text;

		Said(String text) {
			super(text);
			this.text = text;
		}

	}

}
