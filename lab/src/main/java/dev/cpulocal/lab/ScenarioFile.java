// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import dev.cpulocal.lab.Scenario.Variant;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Scenarios that are written in a Java source file of their own.
 *
 * <p>The file has a class, or methods without a class around them. Its methods {@code scenario()},
 * {@code scenarios()} and {@code model()} are called; they need not be public. The file is code
 * that runs with the rights of whoever loads it.
 */
public final class ScenarioFile {

    /** The end of the names of such files. */
    public static final String SUFFIX = ".java";

    private static final List<String> METHODS = List.of("scenario", "scenarios", "model");

    private final Path file;
    private final String name;

    private ScenarioFile(Path file) {
        this.file = file;
        this.name = String.valueOf(file.getFileName());
    }

    /**
     * {@return the scenarios of a file; a model is a scenario with one variant, of which nothing is
     * expected}
     *
     * @param file a Java source file
     * @throws IllegalArgumentException if it does not compile, describes no scenario, or fails to;
     *     the message says where and why
     * @throws UncheckedIOException if it cannot be read
     */
    public static List<Scenario> load(Path file) {
        ScenarioFile source = new ScenarioFile(file);
        List<Scenario> scenarios = new ArrayList<>();
        for (Class<?> type : SourceCompiler.compile(file)) {
            for (Method method : type.getDeclaredMethods()) {
                if (METHODS.contains(method.getName()) && method.getParameterCount() == 0) {
                    scenarios.addAll(source.scenarios(method));
                }
            }
        }
        if (scenarios.isEmpty()) {
            throw new IllegalArgumentException(
                    file
                            + ": describes no scenario (expected: a method without parameters, 'static"
                            + " Scenario scenario()', 'static List<Scenario> scenarios()' or 'static"
                            + " Model model()')");
        }
        return scenarios;
    }

    private List<Scenario> scenarios(Method method) {
        return switch (call(method)) {
            case Model model -> List.of(scenario(model));
            case Scenario scenario -> List.of(scenario);
            case List<?> list
                    when !list.isEmpty() && list.stream().allMatch(Scenario.class::isInstance) ->
                    list.stream().map(Scenario.class::cast).toList();
            case null, default ->
                    throw new IllegalArgumentException(
                            file
                                    + ": "
                                    + method.getName()
                                    + "() gives no scenario (expected: a Scenario, a List of them, or a"
                                    + " Model)");
        };
    }

    private Scenario scenario(Model model) {
        return new Scenario(
                name.substring(0, name.length() - SUFFIX.length()),
                model.name(),
                "",
                List.of(Variant.of(model.name(), "", model)));
    }

    private @Nullable Object call(Method method) {
        try {
            method.setAccessible(true);
            return method.invoke(
                    Modifier.isStatic(method.getModifiers())
                            ? null
                            : instance(method.getDeclaringClass()));
        } catch (InvocationTargetException e) {
            throw failed(method, Objects.requireNonNull(e.getCause()));
        } catch (ExceptionInInitializerError e) {
            throw failed(method, Objects.requireNonNullElse(e.getCause(), e));
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    file
                            + ": "
                            + method.getName()
                            + "() cannot be called (expected: a static method, or a class with a"
                            + " constructor without parameters)");
        }
    }

    private static Object instance(Class<?> type) throws ReflectiveOperationException {
        Constructor<?> constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
    }

    private IllegalArgumentException failed(Method method, Throwable cause) {
        String where =
                Arrays.stream(cause.getStackTrace())
                        .filter(frame -> name.equals(frame.getFileName()))
                        .findFirst()
                        .map(frame -> ":" + frame.getLineNumber())
                        .orElse("");
        // The lab's own messages are sentences already.
        String what =
                cause instanceof IllegalArgumentException && cause.getMessage() != null
                        ? cause.getMessage()
                        : cause.toString();
        return new IllegalArgumentException(file + where + ": " + method.getName() + "(): " + what);
    }
}
