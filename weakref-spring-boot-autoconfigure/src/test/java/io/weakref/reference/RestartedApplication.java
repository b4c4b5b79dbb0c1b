package io.weakref.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import io.weakref.cleaner.WeakCleaner;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application whose classes are loaded again at each start. It creates references to
 * its own objects and to one that outlives it, with callbacks and functions of its own.
 */
public final class RestartedApplication implements Callable<List<String>> {

	/** An object that outlives every restart. */
	private final Runnable immortal;

	private final boolean useShared;

	private final List<String> ran = new ArrayList<>();

	private final List<Object> held = new ArrayList<>();

	/**
	 * Create the application.
	 * @param immortal an object that outlives the application; run once if the shared
	 * cleaner is used
	 * @param useShared whether to use the shared cleaner, too
	 */
	public RestartedApplication(Runnable immortal, boolean useShared) {
		this.immortal = immortal;
		this.useShared = useShared;
	}

	@Override
	public List<String> call() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Beans.class)) {
			WeakCleaner cleaner = context.getBean(WeakCleaner.class);
			use(cleaner);
			if (this.useShared) {
				this.immortal.run();
				use(WeakCleaner.shared());
				Task task = new Task();
				this.held.add(WeakRef.of(task));
				this.held.add(WeakRef.of(this.immortal));
				this.held.add(WeakProxy.of(Runnable.class, task));
				this.held.add(WeakProxy.of(Greeter.class, task));
				this.held.add(WeakMethod.of(task, Task::greet));
				Consumer<String> listener = WeakMethod.listener(task, Task::hear);
				listener.accept("heard");
				Finalizer.register(task, () -> this.ran.add("never")).detach();
			}
			new ReferentCheck().objectionTo(new Task());
			new ReferentCheck().objectionTo(Kind.ONE);
			Finalizer.register(this.immortal, () -> this.ran.add("first"), cleaner);
			Finalizer.register(new Task(), () -> this.ran.add("never"), cleaner).setAtExit(false);
			Finalizer.register(this.immortal, () -> this.ran.add("second"), cleaner);
		}
		return List.copyOf(this.ran);
	}

	private void use(WeakCleaner cleaner) {
		Task task = new Task();
		this.held.add(WeakRef.of(task, (ref) -> this.ran.add("never"), cleaner));
		this.held.add(WeakRef.of(this.immortal, (ref) -> this.ran.add("never"), cleaner));
		this.held.add(WeakProxy.of(Greeter.class, task, (proxy) -> this.ran.add("never"), cleaner));
		this.held.add(WeakMethod.of(task, Task::greet, (method) -> this.ran.add("never"), cleaner));
		this.held.add(task);
	}

	/**
	 * An interface of the application.
	 */
	public interface Greeter {

		/**
		 * Greet.
		 * @return a greeting
		 */
		String greet();

	}

	enum Kind {

		ONE

	}

	static final class Task implements Runnable, Greeter {

		@Override
		public void run() {
		}

		@Override
		public String greet() {
			return "hello";
		}

		void hear(String text) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Beans {

		@Bean
		WeakCleaner weakCleaner() {
			return WeakCleaner.builder().threadName("restarted-cleaner").build();
		}

	}

}
