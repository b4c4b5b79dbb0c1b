package io.weakref.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Conditional;

/**
 * Matches where a property is true. Unlike Boot's own conditions it takes what its binder
 * takes for a boolean, and a value that is none fails the start rather than the match.
 *
 * @since 0.1.0
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Conditional(OnSwitchCondition.class)
public @interface ConditionalOnSwitch {

	/**
	 * The name of the property.
	 * @return the name, in kebab case
	 */
	String value();

	/**
	 * Whether it matches where the property is not set.
	 * @return whether the switch is on by default
	 */
	boolean matchIfMissing() default false;

}
