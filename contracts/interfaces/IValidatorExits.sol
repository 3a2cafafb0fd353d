// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Gwei} from "../libraries/Units.sol";

/// @title ValidatorExits
/// @notice Brings ETH back from validators by requests of the execution layer: full exits and partial withdrawals
/// (EIP-7002), consolidations (EIP-7251). Anyone may call when a rule says so; no operator has to help.
/// @dev The consensus layer drops requests without a word. So each needs a proof, at most one day old, that nothing known
/// speaks against it, a key has one request of any kind at a time, and a request that shows no effect lapses by proof.
///
/// need = redemption queue − the pool's liquid ETH − what earlier requests will still bring. A request adds to the
/// expected ETH at once; it is taken off in `finish` of a report alone, together with the ETH that came.
interface IValidatorExits {
    enum Reason {
        Liquidity,
        BondShortfall,
        DeadSet,
        LeaverDeadline,
        Governance,
        Closing
    }

    enum Kind {
        None,
        Exit,
        Partial,
        ConsolidationSource,
        ConsolidationTarget
    }

    /// @param amountGwei What a partial asked for; 0 for others.
    /// @param balanceGwei Last balance proven for the key.
    /// @param reportNumber `REPORT.number()` at the request.
    /// @param requestedAt Unix time in seconds.
    struct Request {
        Kind kind;
        Gwei amountGwei;
        Gwei balanceGwei;
        uint64 reportNumber;
        uint64 requestedAt;
    }

    /// @notice A report began: requests until now are settled in it, later ones are not. Only BalanceReport.
    function onReportStarted() external;

    /// @notice Shows the proven balance of a key for which ValidatorManager's Settlement says `exiting`. Only
    /// BalanceReport.
    /// @param reportNumber `REPORT.number()` of the report that is proven.
    /// @return expectedWei What the key's requests will still bring: a partial not yet paid, or the whole balance of a
    /// leaving key; 0 for a slashed one.
    function settle(bytes32 validatorId, Gwei balance, uint64 reportNumber) external returns (uint256 expectedWei);

    /// @notice Takes over Σ of what `settle` returned; what was requested since `onReportStarted` comes on top. Called after
    /// the pool booked the report. Only BalanceReport.
    function onReportFinished(uint256 expectedWei) external;

    /// @notice ETH that requests made will still bring.
    function expectedWei() external view returns (uint256);
}
