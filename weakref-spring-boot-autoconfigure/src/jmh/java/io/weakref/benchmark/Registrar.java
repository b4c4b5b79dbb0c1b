package io.weakref.benchmark;

import java.lang.ref.Cleaner;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import com.google.common.base.FinalizablePhantomReference;
import com.google.common.base.FinalizableReferenceQueue;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.reference.Finalizer;
import io.weakref.reference.WeakRef;

/**
 * The ways to run an action after an object has died.
 */
public enum Registrar {

	/** The {@link Cleaner} of the JDK. */
	CLEANER("`Cleaner`") {

		private final Cleaner cleaner = Cleaner.create();

		@Override
		Object register(Object referent, Action action) {
			return this.cleaner.register(referent, action);
		}

		@Override
		void registerAndClean(Object referent, Action action) {
			this.cleaner.register(referent, action).clean();
		}

	},

	/** Written by hand: phantom references in a set, a queue and a thread. */
	PHANTOM("`PhantomReference`, by hand") {

		private final Phantoms phantoms = new Phantoms();

		@Override
		Object register(Object referent, Action action) {
			return this.phantoms.register(referent, action);
		}

		@Override
		void registerAndClean(Object referent, Action action) {
			this.phantoms.register(referent, action).run();
		}

	},

	/** A {@link WeakRef} with a callback. */
	WEAK_REF("this, callback") {

		private final WeakCleaner cleaner = WeakCleaner.builder().threadName("weak-ref").build();

		@Override
		Object register(Object referent, Action action) {
			return ref(referent, action);
		}

		@Override
		void registerAndClean(Object referent, Action action) {
			ref(referent, action).clear();
			action.run();
		}

		private WeakRef<Object> ref(Object referent, Action action) {
			return WeakRef.of(referent, action, this.cleaner);
		}

	},

	/** A {@link Finalizer}. */
	FINALIZER("this, finalizer") {

		private final WeakCleaner cleaner = WeakCleaner.builder().threadName("finalizer").build();

		@Override
		Object register(Object referent, Action action) {
			return Finalizer.register(referent, action, this.cleaner);
		}

		@Override
		void registerAndClean(Object referent, Action action) {
			Finalizer.register(referent, action, this.cleaner).call();
		}

	},

	/** Guava's {@link FinalizableReferenceQueue}, as its documentation uses it. */
	GUAVA("Guava, `FinalizablePhantomReference`") {

		private final Set<Object> held = ConcurrentHashMap.newKeySet();

		private final FinalizableReferenceQueue queue = new FinalizableReferenceQueue();

		@Override
		Object register(Object referent, Action action) {
			GuavaPhantom phantom = new GuavaPhantom(referent, action, this.queue, this.held);
			this.held.add(phantom);
			return phantom;
		}

		@Override
		void registerAndClean(Object referent, Action action) {
			((GuavaPhantom) register(referent, action)).finalizeReferent();
		}

	};

	private final String label;

	Registrar(String label) {
		this.label = label;
	}

	/** The name of this registrar on the pages. */
	String label() {
		return this.label;
	}

	/**
	 * Register an action to run when an object has died.
	 * @param referent the object
	 * @param action what to run
	 * @return what must be held as long as the action is wanted
	 */
	abstract Object register(Object referent, Action action);

	/**
	 * Register an action and run it immediately, so that nothing is left.
	 * @param referent the object, which lives
	 * @param action what to run
	 */
	abstract void registerAndClean(Object referent, Action action);

	/**
	 * One object for all registrations, so that only the registrar's own objects are
	 * measured.
	 */
	public interface Action extends Runnable, Consumer<Object> {

		@Override
		default void accept(Object dead) {
			run();
		}

	}

	private static final class Phantoms {

		private final ReferenceQueue<Object> queue = new ReferenceQueue<>();

		private final Set<Phantom> held = ConcurrentHashMap.newKeySet();

		Phantoms() {
			Thread thread = new Thread(this::drain, "phantoms");
			thread.setDaemon(true);
			thread.start();
		}

		Phantom register(Object referent, Action action) {
			Phantom phantom = new Phantom(referent, action, this);
			this.held.add(phantom);
			return phantom;
		}

		private void drain() {
			try {
				while (true) {
					((Phantom) this.queue.remove()).run();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	private static final class Phantom extends PhantomReference<Object> implements Runnable {

		private final Action action;

		private final Phantoms owner;

		Phantom(Object referent, Action action, Phantoms owner) {
			super(referent, owner.queue);
			this.action = action;
			this.owner = owner;
		}

		@Override
		public void run() {
			if (this.owner.held.remove(this)) {
				this.action.run();
			}
		}

	}

	private static final class GuavaPhantom extends FinalizablePhantomReference<Object> {

		private final Action action;

		private final Set<Object> held;

		GuavaPhantom(Object referent, Action action, FinalizableReferenceQueue queue, Set<Object> held) {
			super(referent, queue);
			this.action = action;
			this.held = held;
		}

		@Override
		public void finalizeReferent() {
			if (this.held.remove(this)) {
				this.action.run();
			}
		}

	}

}
