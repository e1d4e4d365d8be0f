@echo off
rem Opens the office's pages in a browser. Which folder is the office's is asked once.
setlocal
chcp 65001 >nul
title mojreturns
cd /d "%~dp0"
if not exist mojreturns.exe goto packed
set "NOTE=%LOCALAPPDATA%\mojreturns"
if not exist "%NOTE%\office.txt" call :begin
if not exist "%NOTE%\office.txt" goto end
set "OFFICE="
set /p OFFICE=<"%NOTE%\office.txt"
if not exist "%OFFICE%\mojreturns.yaml" goto gone
echo.
echo Your office is the folder %OFFICE%
echo A page opens in your browser. Leave this window open while you use it; close it to stop.
echo.
mojreturns.exe serve --workspace "%OFFICE%" --address 127.0.0.1:0 --open
goto end

:begin
echo.
echo Your office's folder holds what providers send and all that is made of it.
echo It holds personal data: choose a drive that is protected and backed up.
set "OFFICE=%USERPROFILE%\Documents\mojreturns"
set /p "OFFICE=Which folder? (Enter for %OFFICE%) "
if exist "%OFFICE%\mojreturns.yaml" goto note
echo.
echo There is no office in it yet, so one is begun.
set "AREA="
set /p "AREA=Which police force area, such as Cleveland? (Enter to look at the example first) "
if "%AREA%"=="" goto example
mojreturns.exe init "%OFFICE%" --area "%AREA%"
if errorlevel 1 exit /b 1
goto note
:example
xcopy example "%OFFICE%" /e /i /q >nul
if errorlevel 1 exit /b 1
mojreturns.exe run --workspace "%OFFICE%" --period 2023-24-Q4
if errorlevel 1 exit /b 1
:note
if not exist "%NOTE%" mkdir "%NOTE%"
>"%NOTE%\office.txt" echo %OFFICE%
exit /b 0

:packed
echo The program is not beside this file: unpack the whole zip first (right click, Extract All), and start from there.
goto end

:gone
echo There is no mojreturns.yaml in %OFFICE%. If the office has moved, delete
echo %NOTE%\office.txt
echo and start again: you are asked for the folder.

:end
echo.
pause
