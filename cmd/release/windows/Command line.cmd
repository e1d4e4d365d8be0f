@echo off
rem A window in which mojreturns is a command and your office the folder it works in.
chcp 65001 >nul
title mojreturns
set "PATH=%~dp0;%PATH%"
set "OFFICE="
if exist "%LOCALAPPDATA%\mojreturns\office.txt" set /p OFFICE=<"%LOCALAPPDATA%\mojreturns\office.txt"
if defined OFFICE if exist "%OFFICE%" cd /d "%OFFICE%"
echo mojreturns --help lists the commands; exit closes this window.
cmd /k
