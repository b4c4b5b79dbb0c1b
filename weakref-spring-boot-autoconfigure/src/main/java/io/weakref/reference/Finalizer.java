package io.weakref.reference;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.Objects;
import java.util.function.Supplier;

import io.weakref.cleaner.CleanerInternals.OwnedCallback;
import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;

/**
 * Runs an action once: after an object was garbage collected, when {@link #call()} is
 * called, or at exit.
 * <p>
 * The library holds the finalizer and its action until the action was run or detached,
 * even if the caller does not keep the finalizer. So <em>an action from which the object
 * is reachable keeps the object alive forever</em>: the action should refer to the
 * resource that it is to close, not to the object that owns the resource. An action that
 * is the object itself, or holds it in a field or as a captured variable (as
 * {@code object::close} does), is refused. An action that refers to the object indirectly
 * cannot be recognised.
 * <p>
 * After the object was garbage collected, the action runs on the callback executor of a
 * {@link WeakCleaner}, in the order that {@link WeakRef} describes. What it throws is
 * passed to the cleaner's error handler. If the executor refuses the action, that is
 * reported, and the finalizer stays alive: the action can still run by {@link #call()} or
 * at exit.
 * <p>
 * Exit is the moment when the cleaner is closed (in a Spring application, when its
 * context closes) or when the JVM shuts down, whichever comes first. If its owner has
 * {@linkplain WeakCleaner#runFinalizersOnCloseOnly() promised} to close the cleaner, only
 * closing counts. The live finalizers with {@link #isAtExit()} then run in reverse order
 * of creation, on the closing thread or that of the shutdown hook; one that is registered
 * in the meantime runs next. A finalizer that hangs blocks the closing. A closed cleaner
 * releases the other finalizers, which can still be called. After the finalizers have run
 * at the exit of the JVM, no action runs any more.
 * <p>
 * Thread-safe: the action runs at most once.
 *
 * @param <R> the type of the action's result
 * @since 0.1.0
 */
public final class Finalizer<R> {

	private static final VarHandle ACTION;

	static {
		try {
			ACTION = MethodHandles.lookup().findVarHandle(Finalizer.class, "action", Object.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final ChainLink.OfFinalizer link;

	/**
	 * A supplier or runnable; {@code null} once a thread has taken it, to run or detach
	 * it.
	 */
	private volatile @Nullable Object action;

	private volatile boolean atExit = true;

	/**
	 * Create a finalizer that no other thread can find. It is then to be
	 * {@linkplain ReferenceRegistry#add added}.
	 */
	@SuppressWarnings("this-escape") // the link, to which nothing else refers yet
	Finalizer(Object referent, Object action, ReferenceRegistry registry) {
		this.action = action;
		this.link = registry.link(referent, this);
	}

	/**
	 * Register an action with the {@linkplain WeakCleaner#shared() shared cleaner}.
	 * @param referent the object whose collection is awaited
	 * @param action what to run then
	 * @return a finalizer, which need not be kept
	 * @throws NotReferenceableException if the action holds the object, or the object is
	 * a weak proxy or has no identity
	 */
	public static Finalizer<Void> register(Object referent, Runnable action) {
		return register(referent, action, WeakCleaner.shared());
	}

	/**
	 * Register an action.
	 * @param referent the object whose collection is awaited
	 * @param action what to run then
	 * @param cleaner what runs it
	 * @return a finalizer, which need not be kept
	 * @throws NotReferenceableException if the action holds the object, or the object is
	 * a weak proxy or has no identity
	 * @throws IllegalStateException if the cleaner is closed
	 */
	public static Finalizer<Void> register(Object referent, Runnable action, WeakCleaner cleaner) {
		requireUnheld(referent, action);
		return hold(referent, (action instanceof Supplier) ? new Running<>(action) : action, cleaner);
	}

	/**
	 * Register an action with the {@linkplain WeakCleaner#shared() shared cleaner}.
	 * @param <R> the type of the action's result
	 * @param referent the object whose collection is awaited
	 * @param action what to run then; its result is for {@link #call()}
	 * @return a finalizer, which need not be kept
	 * @throws NotReferenceableException if the action holds the object, or the object is
	 * a weak proxy or has no identity
	 */
	public static <R> Finalizer<R> register(Object referent, Supplier<? extends R> action) {
		return register(referent, action, WeakCleaner.shared());
	}

	/**
	 * Register an action.
	 * @param <R> the type of the action's result
	 * @param referent the object whose collection is awaited
	 * @param action what to run then; its result is for {@link #call()}
	 * @param cleaner what runs it
	 * @return a finalizer, which need not be kept
	 * @throws NotReferenceableException if the action holds the object, or the object is
	 * a weak proxy or has no identity
	 * @throws IllegalStateException if the cleaner is closed
	 */
	public static <R> Finalizer<R> register(Object referent, Supplier<? extends R> action, WeakCleaner cleaner) {
		requireUnheld(referent, action);
		return hold(referent, action, cleaner);
	}

	private static void requireUnheld(Object referent, Object action) {
		ReferentCheck.requireReferenceable(referent);
		Objects.requireNonNull(action, "action");
		if (CapturedReferences.holds(action, referent)) {
			throw new NotReferenceableException("The action refers to the object, of class "
					+ referent.getClass().getName() + ", and would keep it alive");
		}
	}

	private static <R> Finalizer<R> hold(Object referent, Object action, WeakCleaner cleaner) {
		try {
			ReferenceRegistry registry = ReferenceRegistry.of(cleaner);
			Finalizer<R> finalizer = new Finalizer<>(referent, action, registry);
			registry.add(finalizer.link);
			return finalizer;
		}
		finally {
			Reference.reachabilityFence(referent);
		}
	}

	/**
	 * Run the action now, on the calling thread. What the action throws is thrown by this
	 * method; the finalizer is dead in any case.
	 * @return the result of the action; {@code null} if this finalizer was dead, or after
	 * the finalizers have run at the exit of the JVM
	 */
	public @Nullable R call() {
		Object action = take();
		return (action != null && !ShutdownHook.isOver()) ? run(action) : null;
	}

	/**
	 * Return whether this finalizer is alive: its action was neither run nor detached.
	 * @return whether it is alive, which it is until the action begins, even after its
	 * object was garbage collected
	 */
	public boolean isAlive() {
		return this.action != null;
	}

	/**
	 * Return whether the action runs at exit.
	 * @return {@code true} by default; {@code false} if this finalizer is dead
	 */
	public boolean isAtExit() {
		return this.atExit && isAlive();
	}

	/**
	 * Set whether the action runs at exit. Has no effect if this finalizer is dead.
	 * @param value whether to run it
	 */
	public void setAtExit(boolean value) {
		this.atExit = value;
	}

	/**
	 * Cancel this finalizer and return what it was registered with.
	 * @return object and action; {@code null}, with nothing cancelled, if the object was
	 * garbage collected or the finalizer is dead
	 */
	public @Nullable Registration<R> detach() {
		// Created first: an action that was taken must not be lost.
		Registration<R> registration = peek();
		return (registration != null && take() != null) ? registration : null;
	}

	/**
	 * Return what this finalizer was registered with.
	 * @return object and action; {@code null} if the object was garbage collected or the
	 * finalizer is dead
	 */
	public @Nullable Registration<R> peek() {
		Object referent = this.link.get();
		Object action = this.action;
		return (referent != null && action != null) ? new Registration<>(referent, supplier(action)) : null;
	}

	/**
	 * Describe this finalizer without calling a method of the object or the action.
	 * @return its identity, its state and the class and identity of its object
	 */
	@Override
	public String toString() {
		if (!isAlive()) {
			return WeakRef.describe(this) + ", dead";
		}
		Object referent = this.link.get();
		return WeakRef.describe(this) + " of "
				+ ((referent != null) ? WeakRef.describe(referent) : "a collected object");
	}

	long sequence() {
		return this.link.sequence();
	}

	/** Called when the object was garbage collected. */
	void runCollected() {
		call();
	}

	void runAtExit() {
		if (!this.atExit) {
			return;
		}
		Object action = this.action;
		if (action == null) {
			return;
		}
		OwnedCallback callback = new OwnedCallback(this, () -> {
			R unused = run(action);
		});
		if (take() != null) {
			this.link.stripe.registry().run(callback);
		}
	}

	/**
	 * Make sure that the action does not run.
	 * @return whether that was still possible
	 */
	boolean cancel() {
		return take() != null;
	}

	private @Nullable Object take() {
		Object action;
		do {
			// Not getAndSet(), which calls a method after the write: without stack, that
			// would lose the action.
			action = this.action;
		}
		while (action != null && !ACTION.compareAndSet(this, action, null));
		boolean taken = action == null;
		try {
			if (!taken) {
				this.link.remove();
				taken = true;
			}
		}
		finally {
			if (!taken && this.link.sequence >= 0) {
				// This thread has run out of stack, and the link is still there.
				this.action = action;
			}
		}
		return action;
	}

	@SuppressWarnings("unchecked")
	private @Nullable R run(Object action) {
		if (action instanceof Supplier<?> supplier) {
			return (R) supplier.get();
		}
		((Runnable) action).run();
		return null;
	}

	@SuppressWarnings("unchecked")
	private Supplier<? extends R> supplier(Object action) {
		return (action instanceof Supplier<?> supplier) ? (Supplier<? extends R>) supplier
				: new Running<>((Runnable) action);
	}

	private record Running<R>(Runnable action) implements Supplier<@Nullable R> {

		@Override
		public @Nullable R get() {
			this.action.run();
			return null;
		}

	}

}
